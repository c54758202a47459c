/*
 * process/interrupt.h
 *    Signals of a server process. Handlers set flags and the latch, nothing else (quickdie excepted: it ends the process).
 *
 *    SIGTERM  die                          SIGINT  StatementCancelHandler
 *    SIGQUIT  quickdie                     SIGHUP  SignalHandlerForConfigReload
 *    SIGUSR1  procsignal_sigusr1_handler   SIGALRM timeouts
 */
#ifndef PROCESS_INTERRUPT_H
#define PROCESS_INTERRUPT_H

#include "postgres.h"

extern void die(int signo);
extern void StatementCancelHandler(int signo);
extern void quickdie(int signo) pg_attribute_noreturn();
extern void SignalHandlerForConfigReload(int signo);
extern void SignalHandlerForShutdownRequest(int signo);
extern void SignalHandlerForCrashExit(int signo) pg_attribute_noreturn();
extern void HandleMainLoopInterrupts(void); /* auxiliary processes: reload and shutdown requests, barriers */

/* Install one handler (SA_RESTART), and the whole set of a backend. */
typedef void (*pqsigfunc)(int signo);
extern pqsigfunc pqsignal(int signo, pqsigfunc func);
extern void backend_signals_install(void);

extern sigset_t UnBlockSig;
extern sigset_t BlockSig;
extern void pqinitmask(void);

/* May FATAL errors be sent in the middle of reading a command? Set by the session around its read. */
extern bool DoingCommandRead;
extern void ProcessClientReadInterrupt(bool blocked);
extern void ProcessClientWriteInterrupt(bool blocked);

#endif /* PROCESS_INTERRUPT_H */
