-- single-table queries: expressions, ordering, limits, NULLs
create table item (id int primary key, name text, price numeric(8,2), qty int, made date);
insert into item values
  (1, 'apple', 0.50, 100, '2024-01-05'), (2, 'pear', 0.75, 40, '2024-02-10'), (3, 'plum', null, 7, '2024-02-11'),
  (4, 'fig', 2.25, null, null), (5, 'date', 3.10, 12, '2023-12-31');
select * from item order by id;
select id, price * qty as total from item order by total nulls first, id;
select name from item where price > 0.6 and qty < 50 order by name;
select name, price is null as unknown, coalesce(qty, 0) + 1 as q from item order by name desc limit 3 offset 1;
select case when qty > 50 then 'many' when qty is null then 'unknown' else 'few' end as c, count(*) from item group by 1 order by 1;
select distinct qty > 20 from item order by 1;
select id from item where name like 'p%' or id in (1, 5) order by id;
select id from item where made between date '2024-01-01' and date '2024-02-10' order by 1;
select max(price), min(made), sum(qty), avg(qty), count(price) from item;
select 1 / 0;
select nosuch from item;
select * from nosuch;
select id from item where name = 5;
select name || '-' || id from item order by id limit 2;
select (select max(id) from item) as m, exists (select 1 from item where id = 9) as e;
select * from (values (1, 'a'), (2, 'b')) v(n, t) order by n desc;
select generate_series(1, 3);
select -5 % 3, 7 / 2, 2 ^ 10, 'abc' < 'abd', not true, null is distinct from 1;
drop table item;
