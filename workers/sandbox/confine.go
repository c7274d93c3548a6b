package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// What a child may use beyond what its setup took.
const (
	// memoryLimit bounds private writable memory. RLIMIT_AS cannot do that for a
	// Go program, which reserves far more addresses than it uses.
	memoryLimit = 1 << 30
	// addressLimit bounds addresses, whose page tables cost memory too.
	addressLimit = 8 << 30
	// cpuLimit is processor time in seconds, over all threads.
	cpuLimit = 10
)

// minLandlock is the least version of Landlock that is enough: the one of Linux
// 5.19, since Debian 12 has 6.1. Later versions add a second wall around the
// network, signals and sockets, behind the seccomp filter; the strongest that
// the kernel has is used, in full.
const minLandlock = 2

// Confine locks the process in for good. Afterwards it can compute, allocate
// memory within its limits, use the pipes that it has, start threads, and end.
func Confine() error {
	if err := Supported(); err != nil {
		return err
	}
	// The kernel is to kill the child first when memory runs out. Some containers
	// do not let it say so, and then the limits below must do.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	if err := closeOthers(); err != nil {
		return fmt.Errorf("close inherited files: %w", err)
	}
	limits, err := limits()
	if err != nil {
		return fmt.Errorf("measure the process: %w", err)
	}
	if err := landlockConfig(landlockVersion()).Restrict(); err != nil {
		return fmt.Errorf("close the file system: %w", err)
	}
	for _, l := range limits {
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: l.limit, Max: l.limit}); err != nil {
			return fmt.Errorf("limit %s: %w", l.name, err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("refuse debuggers: %w", err)
	}
	return installFilter(filter(os.Getpid()))
}

// Supported tells what the kernel lacks to lock children in; nil if nothing.
func Supported() error {
	if v := landlockVersion(); v < minLandlock {
		return fmt.Errorf("the kernel offers Landlock version %d, and %d is needed: use Linux 5.19 or later with landlock among its lsm= modules, and in a container allow its system calls", v, minLandlock)
	}
	action := uint32(unix.SECCOMP_RET_KILL_PROCESS)
	if err := seccomp(unix.SECCOMP_GET_ACTION_AVAIL, 0, &action); err != nil {
		return fmt.Errorf("the kernel offers no seccomp filters: use one with CONFIG_SECCOMP_FILTER, and in a container allow the system call: %w", err)
	}
	return nil
}

// landlockVersion asks the kernel; 0 if it has no Landlock.
func landlockVersion() int {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(v)
}

// landlockConfig handles every right that this version knows, and grants none.
func landlockConfig(version int) landlock.Config {
	known := []landlock.Config{
		landlock.V2, landlock.V3, landlock.V4, landlock.V5, landlock.V6,
		landlock.V7, landlock.V8, landlock.V9, landlock.V10, landlock.V11,
	}
	return known[min(version-minLandlock, len(known)-1)]
}

// rlimit is one resource limit. RLIMIT_NPROC is not among them: it counts the
// threads of all processes of the user, and the filter refuses processes.
type rlimit struct {
	resource int
	limit    uint64
	name     string
}

// limits measures what the process uses now, and adds what it may use more.
func limits() ([]rlimit, error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(statm)) // proc(5): size first, data sixth, in pages
	if len(fields) < 6 {
		return nil, errors.New("/proc/self/statm has an unknown form")
	}
	pages := func(s string) (uint64, error) {
		n, err := strconv.ParseUint(s, 10, 64)
		return n * uint64(os.Getpagesize()), err //nolint:gosec // positive
	}
	addresses, err := pages(fields[0])
	if err != nil {
		return nil, err
	}
	data, err := pages(fields[5])
	if err != nil {
		return nil, err
	}
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return nil, err
	}
	return []rlimit{
		{unix.RLIMIT_DATA, data + memoryLimit, "memory"},
		{unix.RLIMIT_AS, addresses + addressLimit, "addresses"},
		{unix.RLIMIT_CPU, uint64(used.Utime.Sec+used.Stime.Sec) + 1 + cpuLimit, "processor time"}, //nolint:gosec // positive
		{unix.RLIMIT_CORE, 0, "core dumps"},
		{unix.RLIMIT_FSIZE, 0, "files written"},
		{unix.RLIMIT_NOFILE, 0, "files open"},
	}, nil
}

// closeOthers closes every file that came with the process except the three
// standard ones and the poller of the Go runtime.
func closeOthers() error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			return err
		}
		target, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name()))
		if fd <= 2 || err != nil || strings.HasPrefix(target, "anon_inode:") {
			continue // an error: the folder itself, closed by now
		}
		if err := unix.Close(fd); err != nil {
			return err
		}
	}
	return nil
}

// installFilter puts the filter on all threads, for good.
func installFilter(program []unix.SockFilter) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up privileges: %w", err)
	}
	fprog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]} //nolint:gosec // some 150
	if err := seccomp(unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, &fprog); err != nil {
		return fmt.Errorf("filter system calls: %w", err)
	}
	return nil
}
