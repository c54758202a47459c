/*
 * acl.c
 *    Access control lists as values: defaults, changes, what a list grants to whom.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static Acl *
allocacl(int n)
{
	Acl *acl = palloc0(ACL_N_SIZE(n));

	SET_VARSIZE(acl, ACL_N_SIZE(n));
	acl->ndim = 1;
	acl->dataoffset = 0;
	acl->elemtype = ACLITEMOID;
	ARR_LBOUND(acl)[0] = 1;
	ARR_DIMS(acl)[0] = n;
	return acl;
}

Acl *
make_empty_acl(void)
{
	return allocacl(0);
}

Acl *
aclcopy(const Acl *orig_acl)
{
	Acl *acl = allocacl(ACL_NUM(orig_acl));

	memcpy(ACL_DAT(acl), ACL_DAT(orig_acl), ACL_NUM(orig_acl) * sizeof(AclItem));
	return acl;
}

Acl *
aclconcat(const Acl *left_acl, const Acl *right_acl)
{
	Acl *acl = allocacl(ACL_NUM(left_acl) + ACL_NUM(right_acl));

	memcpy(ACL_DAT(acl), ACL_DAT(left_acl), ACL_NUM(left_acl) * sizeof(AclItem));
	memcpy(ACL_DAT(acl) + ACL_NUM(left_acl), ACL_DAT(right_acl), ACL_NUM(right_acl) * sizeof(AclItem));
	return acl;
}

Acl *
aclmerge(const Acl *left_acl, const Acl *right_acl, Oid ownerId)
{
	Acl *result;

	if (left_acl == NULL || ACL_NUM(left_acl) == 0)
		return right_acl && ACL_NUM(right_acl) > 0 ? aclcopy(right_acl) : NULL;
	result = aclcopy(left_acl);
	for (int i = 0; right_acl && i < ACL_NUM(right_acl); i++)
		result = aclupdate(result, &ACL_DAT(right_acl)[i], ACL_MODECHG_ADD, ownerId, DROP_RESTRICT);
	return result;
}

static int
compare_items(const void *a, const void *b)
{
	const AclItem *x = a;
	const AclItem *y = b;

	if (x->ai_grantee != y->ai_grantee)
		return x->ai_grantee > y->ai_grantee ? 1 : -1;
	if (x->ai_grantor != y->ai_grantor)
		return x->ai_grantor > y->ai_grantor ? 1 : -1;
	if (x->ai_privs != y->ai_privs)
		return x->ai_privs > y->ai_privs ? 1 : -1;
	return 0;
}

void
aclitemsort(Acl *acl)
{
	if (acl != NULL && ACL_NUM(acl) > 1)
		qsort(ACL_DAT(acl), ACL_NUM(acl), sizeof(AclItem), compare_items);
}

bool
aclequal(const Acl *left_acl, const Acl *right_acl)
{
	int nl = left_acl ? ACL_NUM(left_acl) : 0;
	int nr = right_acl ? ACL_NUM(right_acl) : 0;

	return nl == nr && (nl == 0 || memcmp(ACL_DAT(left_acl), ACL_DAT(right_acl), nl * sizeof(AclItem)) == 0);
}

/* ---- defaults -------------------------------------------------------------------------------------------------------------- */
typedef struct DefaultPrivileges
{
	ObjectType type;
	AclMode world;
	AclMode owner;
} DefaultPrivileges;

static const DefaultPrivileges default_privileges[] = {
	{OBJECT_COLUMN, ACL_NO_RIGHTS, ACL_NO_RIGHTS},
	{OBJECT_TABLE, ACL_NO_RIGHTS, ACL_ALL_RIGHTS_RELATION},
	{OBJECT_SEQUENCE, ACL_NO_RIGHTS, ACL_ALL_RIGHTS_SEQUENCE},
	{OBJECT_DATABASE, ACL_CREATE_TEMP | ACL_CONNECT, ACL_ALL_RIGHTS_DATABASE},
	{OBJECT_FUNCTION, ACL_EXECUTE, ACL_ALL_RIGHTS_FUNCTION},
	{OBJECT_LANGUAGE, ACL_USAGE, ACL_ALL_RIGHTS_LANGUAGE},
	{OBJECT_LARGEOBJECT, ACL_NO_RIGHTS, ACL_ALL_RIGHTS_LARGEOBJECT},
	{OBJECT_SCHEMA, ACL_NO_RIGHTS, ACL_ALL_RIGHTS_SCHEMA},
	{OBJECT_TABLESPACE, ACL_NO_RIGHTS, ACL_ALL_RIGHTS_TABLESPACE},
	{OBJECT_FDW, ACL_NO_RIGHTS, ACL_ALL_RIGHTS_FDW},
	{OBJECT_FOREIGN_SERVER, ACL_NO_RIGHTS, ACL_ALL_RIGHTS_FOREIGN_SERVER},
	{OBJECT_DOMAIN, ACL_USAGE, ACL_ALL_RIGHTS_TYPE},
	{OBJECT_TYPE, ACL_USAGE, ACL_ALL_RIGHTS_TYPE},
	{OBJECT_PARAMETER_ACL, ACL_NO_RIGHTS, ACL_ALL_RIGHTS_PARAMETER_ACL},
};

Acl *
acldefault(ObjectType objtype, Oid ownerId)
{
	const DefaultPrivileges *defaults = NULL;
	AclItem *item;
	Acl *acl;

	for (int i = 0; i < (int) lengthof(default_privileges); i++)
	{
		if (default_privileges[i].type == objtype)
			defaults = &default_privileges[i];
	}
	if (defaults == NULL)
		elog(ERROR, "unrecognized object type: %d", (int) objtype);
	acl = allocacl((defaults->world != ACL_NO_RIGHTS) + (defaults->owner != ACL_NO_RIGHTS));
	item = ACL_DAT(acl);
	if (defaults->world != ACL_NO_RIGHTS)
	{
		item->ai_grantee = ACL_ID_PUBLIC;
		item->ai_grantor = ownerId;
		ACLITEM_SET_PRIVS_GOPTIONS(*item, defaults->world, ACL_NO_RIGHTS);
		item++;
	}
	/* The owner's grant options are implied and not spelled out. */
	if (defaults->owner != ACL_NO_RIGHTS)
	{
		item->ai_grantee = ownerId;
		item->ai_grantor = ownerId;
		ACLITEM_SET_PRIVS_GOPTIONS(*item, defaults->owner, ACL_NO_RIGHTS);
	}
	return acl;
}

/* ---- what a list grants ----------------------------------------------------------------------------------------------------------- */
static bool
mask_satisfied(AclMode result, AclMode mask, AclMaskHow how)
{
	return how == ACLMASK_ALL ? result == mask : result != 0;
}

AclMode
aclmask(const Acl *acl, Oid roleid, Oid ownerId, AclMode mask, AclMaskHow how)
{
	AclMode result = 0;

	if (acl == NULL)
		elog(ERROR, "null ACL");
	if (mask == 0)
		return 0;
	/* Owners hold all grant options implicitly. */
	if ((mask & ACLITEM_ALL_GOPTION_BITS) && has_privs_of_role(roleid, ownerId))
	{
		result = mask & ACLITEM_ALL_GOPTION_BITS;
		if (mask_satisfied(result, mask, how))
			return result;
	}
	/* What is granted to the role itself or to all is cheap to find ... */
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		const AclItem *item = &ACL_DAT(acl)[i];

		if (item->ai_grantee == ACL_ID_PUBLIC || item->ai_grantee == roleid)
		{
			result |= item->ai_privs & mask;
			if (mask_satisfied(result, mask, how))
				return result;
		}
	}
	/* ... memberships only as far as they could add something. */
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		const AclItem *item = &ACL_DAT(acl)[i];

		if (item->ai_grantee == ACL_ID_PUBLIC || item->ai_grantee == roleid || !(item->ai_privs & mask & ~result))
			continue;
		if (has_privs_of_role(roleid, item->ai_grantee))
		{
			result |= item->ai_privs & mask;
			if (mask_satisfied(result, mask, how))
				return result;
		}
	}
	return result;
}

/* What the role itself holds, without memberships. */
static AclMode
aclmask_direct(const Acl *acl, Oid roleid, Oid ownerId, AclMode mask)
{
	AclMode result = 0;

	if ((mask & ACLITEM_ALL_GOPTION_BITS) && roleid == ownerId)
		result = mask & ACLITEM_ALL_GOPTION_BITS;
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		if (ACL_DAT(acl)[i].ai_grantee == roleid)
			result |= ACL_DAT(acl)[i].ai_privs & mask;
	}
	return result;
}

static int
compare_oids(const void *a, const void *b)
{
	Oid x = *(const Oid *) a;
	Oid y = *(const Oid *) b;

	return x == y ? 0 : x > y ? 1 : -1;
}

/* All roles mentioned, sorted, each once. */
int
aclmembers(const Acl *acl, Oid **roleids)
{
	Oid *list;
	int n = 0;
	int unique = 0;

	*roleids = NULL;
	if (acl == NULL || ACL_NUM(acl) == 0)
		return 0;
	list = palloc(ACL_NUM(acl) * 2 * sizeof(Oid));
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		if (ACL_DAT(acl)[i].ai_grantee != ACL_ID_PUBLIC)
			list[n++] = ACL_DAT(acl)[i].ai_grantee;
		list[n++] = ACL_DAT(acl)[i].ai_grantor;
	}
	qsort(list, n, sizeof(Oid), compare_oids);
	for (int i = 0; i < n; i++)
	{
		if (unique == 0 || list[unique - 1] != list[i])
			list[unique++] = list[i];
	}
	*roleids = list;
	return unique;
}

/* ---- changing -------------------------------------------------------------------------------------------------------------------------- */
static Acl *recursive_revoke(Acl *acl, Oid grantee, AclMode revoke_privs, Oid ownerId, DropBehavior behavior);

/* A chain of grant options must not come back to where it started. */
static void
check_circularity(const Acl *old_acl, const AclItem *mod, Oid ownerId)
{
	Acl *acl = aclcopy(old_acl);
	AclMode own_goptions;
	bool again = true;

	/* Grants that would depend on this one are taken away first; what then remains must still allow it. */
	while (again)
	{
		again = false;
		for (int i = 0; i < ACL_NUM(acl) && !again; i++)
		{
			AclItem *item = &ACL_DAT(acl)[i];

			if (item->ai_grantee == mod->ai_grantee && ACLITEM_GET_GOPTIONS(*item) != ACL_NO_RIGHTS)
			{
				acl = aclupdate(acl, item, ACL_MODECHG_DEL, ownerId, DROP_CASCADE);
				again = true;
			}
		}
	}
	own_goptions = ACL_OPTION_TO_PRIVS(aclmask(acl, mod->ai_grantor, ownerId, ACL_GRANT_OPTION_FOR(ACLITEM_GET_GOPTIONS(*mod)), ACLMASK_ALL));
	if ((ACLITEM_GET_GOPTIONS(*mod) & ~own_goptions) != 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION), errmsg("grant options cannot be granted back to your own grantor"));
	pfree(acl);
}

Acl *
aclupdate(const Acl *old_acl, const AclItem *mod_aip, int modechg, Oid ownerId, DropBehavior behavior)
{
	int num = ACL_NUM(old_acl);
	int at = 0;
	Acl *acl;
	AclItem *item;
	AclMode old_rights;
	AclMode old_goptions;
	AclMode new_rights;
	AclMode new_goptions;

	if (modechg != ACL_MODECHG_DEL && ACLITEM_GET_GOPTIONS(*mod_aip) != ACL_NO_RIGHTS && mod_aip->ai_grantor != ownerId)
		check_circularity(old_acl, mod_aip, ownerId);
	while (at < num && (ACL_DAT(old_acl)[at].ai_grantee != mod_aip->ai_grantee || ACL_DAT(old_acl)[at].ai_grantor != mod_aip->ai_grantor))
		at++;
	acl = allocacl(at < num ? num : num + 1);
	memcpy(ACL_DAT(acl), ACL_DAT(old_acl), num * sizeof(AclItem));
	item = &ACL_DAT(acl)[at];
	if (at == num)
	{
		item->ai_grantee = mod_aip->ai_grantee;
		item->ai_grantor = mod_aip->ai_grantor;
		item->ai_privs = ACL_NO_RIGHTS;
		num++;
	}
	old_rights = ACLITEM_GET_RIGHTS(*item);
	old_goptions = ACLITEM_GET_GOPTIONS(*item);
	switch (modechg)
	{
		case ACL_MODECHG_ADD:
			item->ai_privs = old_rights | mod_aip->ai_privs;
			break;
		case ACL_MODECHG_DEL:
			item->ai_privs = old_rights & ~mod_aip->ai_privs;
			break;
		case ACL_MODECHG_EQL:
			item->ai_privs = mod_aip->ai_privs;
			break;
	}
	new_rights = ACLITEM_GET_RIGHTS(*item);
	new_goptions = ACLITEM_GET_GOPTIONS(*item);
	if (new_rights == ACL_NO_RIGHTS)
	{
		memmove(item, item + 1, (num - at - 1) * sizeof(AclItem));
		ARR_DIMS(acl)[0] = num - 1;
		SET_VARSIZE(acl, ACL_N_SIZE(num - 1));
	}
	if ((old_goptions & ~new_goptions) != 0)
		acl = recursive_revoke(acl, mod_aip->ai_grantee, old_goptions & ~new_goptions, ownerId, behavior);
	return acl;
}

/* Grants made with a grant option that is gone go too, or prevent its going. */
static Acl *
recursive_revoke(Acl *acl, Oid grantee, AclMode revoke_privs, Oid ownerId, DropBehavior behavior)
{
	bool again = true;

	check_stack_depth();
	if (grantee == ownerId)
		return acl; /* owners cannot lose theirs */
	revoke_privs &= ~ACL_OPTION_TO_PRIVS(aclmask(acl, grantee, ownerId, ACL_GRANT_OPTION_FOR(revoke_privs), ACLMASK_ALL));
	while (again)
	{
		again = false;
		for (int i = 0; i < ACL_NUM(acl) && !again; i++)
		{
			AclItem item = ACL_DAT(acl)[i];
			AclItem mod;

			if (item.ai_grantor != grantee || !(ACLITEM_GET_PRIVS(item) & revoke_privs))
				continue;
			if (behavior == DROP_RESTRICT)
				ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST), errmsg("dependent privileges exist"),
						errhint("Use CASCADE to revoke them too."));
			mod.ai_grantor = grantee;
			mod.ai_grantee = item.ai_grantee;
			ACLITEM_SET_PRIVS_GOPTIONS(mod, revoke_privs, revoke_privs);
			acl = aclupdate(acl, &mod, ACL_MODECHG_DEL, ownerId, behavior);
			again = true;
		}
	}
	return acl;
}

Acl *
aclnewowner(const Acl *old_acl, Oid oldOwnerId, Oid newOwnerId)
{
	Acl *acl = aclcopy(old_acl);
	int n = 0;

	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		AclItem item = ACL_DAT(acl)[i];
		bool merged = false;

		if (item.ai_grantor == oldOwnerId)
			item.ai_grantor = newOwnerId;
		if (item.ai_grantee == oldOwnerId)
			item.ai_grantee = newOwnerId;
		for (int j = 0; j < n && !merged; j++)
		{
			AclItem *kept = &ACL_DAT(acl)[j];

			if (kept->ai_grantee == item.ai_grantee && kept->ai_grantor == item.ai_grantor)
			{
				kept->ai_privs |= item.ai_privs;
				merged = true;
			}
		}
		if (!merged)
			ACL_DAT(acl)[n++] = item;
	}
	ARR_DIMS(acl)[0] = n;
	SET_VARSIZE(acl, ACL_N_SIZE(n));
	return acl;
}

/*
 * On whose behalf is a grant made? The owner if the role can act as the owner; else that role, of those it is a member of, which
 * holds most of the grant options wanted.
 */
void
select_best_grantor(Oid roleId, AclMode privileges, const Acl *acl, Oid ownerId, Oid *grantorId, AclMode *grantOptions)
{
	AclMode needed = ACL_GRANT_OPTION_FOR(privileges);
	int best = 0;

	if (roleId == ownerId || superuser_arg(roleId) || has_privs_of_role(roleId, ownerId))
	{
		*grantorId = ownerId;
		*grantOptions = needed;
		return;
	}
	*grantorId = roleId;
	*grantOptions = ACL_NO_RIGHTS;
	for (int i = -1; i < ACL_NUM(acl); i++)
	{
		Oid candidate = i < 0 ? roleId : ACL_DAT(acl)[i].ai_grantee;
		AclMode held;
		int count;

		if (candidate == ACL_ID_PUBLIC || (candidate != roleId && !has_privs_of_role(roleId, candidate)))
			continue;
		held = aclmask_direct(acl, candidate, ownerId, needed);
		if (held == needed)
		{
			*grantorId = candidate;
			*grantOptions = held;
			return;
		}
		count = __builtin_popcount(held);
		if (count > best)
		{
			*grantorId = candidate;
			*grantOptions = held;
			best = count;
		}
	}
}
