package sandbox

import (
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// seccomp is the system call (seccomp(2)), for which there is no wrapper.
func seccomp[T any](operation, flags uintptr, arg *T) error {
	rest, _, errno := unix.Syscall(unix.SYS_SECCOMP, operation, flags, uintptr(unsafe.Pointer(arg))) //nolint:gosec // the kernel wants a pointer
	if errno != 0 {
		return errno
	}
	if rest != 0 {
		return fmt.Errorf("thread %d has another filter", rest)
	}
	return nil
}

// allowed are the system calls that a reader needs once it is warm: the Go
// runtime's, and those of malloc and threads in C.
//
//nolint:gochecknoglobals // table
var allowed = []uint32{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_WRITEV, unix.SYS_CLOSE,
	unix.SYS_BRK, unix.SYS_MUNMAP, unix.SYS_MREMAP,
	unix.SYS_FUTEX, unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_SYSINFO,
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_GETTIMEOFDAY,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK,
	unix.SYS_RESTART_SYSCALL, unix.SYS_GETPID, unix.SYS_GETTID,
	unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_GETRANDOM,
	unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_CTL,
	unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
}

// declined are system calls that libraries try for good reasons and can do
// without: they get an error and the child lives on.
//
//nolint:gochecknoglobals // table
var declined = []struct {
	number uint32
	errno  uint32
}{
	{unix.SYS_OPENAT, uint32(unix.EACCES)},
	{unix.SYS_FACCESSAT, uint32(unix.EACCES)},
	{unix.SYS_READLINKAT, uint32(unix.EACCES)},
	{unix.SYS_FSTAT, uint32(unix.EACCES)},
	{fstatat, uint32(unix.EACCES)},
	{unix.SYS_STATX, uint32(unix.EACCES)},
	{unix.SYS_GETCWD, uint32(unix.EACCES)},
	{unix.SYS_LSEEK, uint32(unix.ESPIPE)},
	{unix.SYS_PREAD64, uint32(unix.ESPIPE)},
	{unix.SYS_IOCTL, uint32(unix.ENOTTY)},
	{unix.SYS_FCNTL, uint32(unix.EPERM)},
	{unix.SYS_PRLIMIT64, uint32(unix.EPERM)},
	{unix.SYS_PRCTL, uint32(unix.EINVAL)},  // the runtime names its memory
	{unix.SYS_CLONE3, uint32(unix.ENOSYS)}, // so that libc falls back to clone, whose flags can be seen
}

// Offsets into struct seccomp_data (seccomp(2)); both machines are
// little-endian, so an argument's low half comes first.
const (
	dataNumber = 0
	dataArch   = 4
	dataArgs   = 16
)

// namespaces are the flags of clone(2) that make one.
const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// firstHarmful is the first of the advices of madvise(2) that damage memory of
// the machine.
const firstHarmful = unix.MADV_HWPOISON

// filter is the program that judges every system call of the process pid:
// what it does not name kills the process.
func filter(pid int) []unix.SockFilter {
	kill, allow := verdict(unix.SECCOMP_RET_KILL_PROCESS), verdict(unix.SECCOMP_RET_ALLOW)
	p := program{load(dataArch), jump(unix.BPF_JEQ, arch, 1, 0), kill, load(dataNumber)}
	p = append(p, jump(unix.BPF_JGE, foreignNumbers, 0, 1), kill)
	for _, n := range allowed {
		p.when(n, []unix.SockFilter{allow})
	}
	for _, d := range declined {
		p.when(d.number, []unix.SockFilter{verdict(unix.SECCOMP_RET_ERRNO | d.errno)})
	}
	for _, n := range oldPaths {
		p.when(n, []unix.SockFilter{verdict(unix.SECCOMP_RET_ERRNO | uint32(unix.EACCES))})
	}
	// Memory is never executable, never shared, and never grows like a stack:
	// the last two would not count against its limit.
	p.when(unix.SYS_MMAP, killIf(2, unix.BPF_JSET, unix.PROT_EXEC),
		killIf(3, unix.BPF_JSET, unix.MAP_SHARED|unix.MAP_GROWSDOWN), []unix.SockFilter{allow})
	p.when(unix.SYS_MPROTECT, killIf(2, unix.BPF_JSET, unix.PROT_EXEC|unix.PROT_GROWSDOWN|unix.PROT_GROWSUP), []unix.SockFilter{allow})
	p.when(unix.SYS_MADVISE, killIf(2, unix.BPF_JGE, firstHarmful), []unix.SockFilter{allow})
	// Threads yes, processes no; signals to itself alone.
	p.when(unix.SYS_CLONE, killIf(0, unix.BPF_JSET, namespaces), killUnless(0, unix.BPF_JSET, unix.CLONE_THREAD), []unix.SockFilter{allow})
	p.when(unix.SYS_TGKILL, killUnless(0, unix.BPF_JEQ, uint32(pid)), []unix.SockFilter{allow}) //nolint:gosec // positive
	return append(p, kill)
}

// program is a filter under construction, in classic BPF.
type program []unix.SockFilter

// when adds what is to be done at one system call. The last block must end in a
// verdict, so that the number stays loaded for the calls after it.
func (p *program) when(number uint32, blocks ...[]unix.SockFilter) {
	block := slices.Concat(blocks...)
	*p = append(append(*p, jump(unix.BPF_JEQ, number, 0, uint8(len(block)))), block...) //nolint:gosec // short
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func jump(comparison uint16, k uint32, yes, no uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | comparison | unix.BPF_K, K: k, Jt: yes, Jf: no}
}

func verdict(v uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: v}
}

// killIf kills where the low half of an argument compares so.
func killIf(argument uint32, comparison uint16, k uint32) []unix.SockFilter {
	return []unix.SockFilter{load(dataArgs + 8*argument), jump(comparison, k, 0, 1), verdict(unix.SECCOMP_RET_KILL_PROCESS)}
}

// killUnless kills where it does not.
func killUnless(argument uint32, comparison uint16, k uint32) []unix.SockFilter {
	return []unix.SockFilter{load(dataArgs + 8*argument), jump(comparison, k, 1, 0), verdict(unix.SECCOMP_RET_KILL_PROCESS)}
}
