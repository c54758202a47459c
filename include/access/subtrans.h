/*
 * access/subtrans.h
 *    The parent of each subtransaction that may still be running, in pg_subtrans. Not crash-safe on purpose: emptied at start.
 */
#ifndef SUBTRANS_H
#define SUBTRANS_H

#include "c.h"

extern void SubTransSetParent(TransactionId xid, TransactionId parent);
extern TransactionId SubTransGetParent(TransactionId xid);
/* xid itself when it is a top-level transaction. */
extern TransactionId SubTransGetTopmostTransaction(TransactionId xid);

extern Size subtrans_shmem_size(void);
extern void subtrans_shmem_init(void *base, bool found);
extern void BootStrapSUBTRANS(void);
extern void StartupSUBTRANS(TransactionId oldestActiveXID);
extern void CheckPointSUBTRANS(void);
extern void ExtendSUBTRANS(TransactionId newestXact);
extern void TruncateSUBTRANS(TransactionId oldestXact);

#endif /* SUBTRANS_H */
