-- grouping, aggregates, windows
create table sale (region text, product text, amount int, day date);
insert into sale values ('n', 'x', 10, '2024-01-01'), ('n', 'y', 20, '2024-01-02'), ('s', 'x', 5, '2024-01-01'),
  ('s', 'x', 15, '2024-01-03'), ('s', 'y', null, '2024-01-04'), ('w', 'z', 7, '2024-01-05');
select region, count(*), count(amount), sum(amount), avg(amount) from sale group by region order by region;
select region, product, max(amount) from sale group by region, product having count(*) > 1 order by 1, 2;
select count(distinct region), count(distinct product) from sale;
select sum(amount) filter (where region = 's') as s, sum(amount) from sale;
select string_agg(product, ',' order by product desc) from sale;
select array_agg(amount order by amount nulls last) from sale;
select region, sum(amount) from sale group by region order by sum(amount) desc, region;
select bool_and(amount > 1), bool_or(amount > 15), every(amount > 100) from sale;
select count(*) from sale where false;
select sum(amount) from sale where false;
select region from sale group by product;
select stddev(amount), variance(amount) from sale;
select min(product), max(region) from sale;
drop table sale;
