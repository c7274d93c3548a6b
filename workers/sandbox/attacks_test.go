package sandbox

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// attacks are what a document that took over its reader might try. Each gives
// nil if it got through.
var attacks = map[string]func() error{
	"read a file": func() error {
		_, err := os.ReadFile("/etc/passwd")
		return err
	},
	"read own environment": func() error {
		_, err := os.ReadFile("/proc/self/environ")
		return err
	},
	"list a folder": func() error {
		_, err := os.ReadDir("/")
		return err
	},
	"write a file": func() error {
		f, err := os.CreateTemp("", "escape")
		if err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
		return err
	},
	"tcp": func() error { return dial("tcp", "127.0.0.1:9") },
	"udp": func() error { return dial("udp", "127.0.0.1:9") },
	"unix socket": func() error {
		_, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		return err
	},
	"socket pair": func() error {
		_, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		return err
	},
	"execute a program": func() error { return exec.Command("/bin/true").Run() },
	"execute in place":  func() error { return unix.Exec("/bin/true", []string{"true"}, nil) },
	"fork": func() error {
		pid, _, errno := unix.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
		return forked(pid, errno)
	},
	"fork by clone3": func() error {
		args := [8]uint64{4: uint64(unix.SIGCHLD)}
		pid, _, errno := unix.RawSyscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&args)), unsafe.Sizeof(args), 0)
		return forked(pid, errno)
	},
	"signal its parent": func() error { return unix.Kill(os.Getppid(), 0) },
	"signal a thread of its parent": func() error {
		_, _, errno := unix.RawSyscall(unix.SYS_TGKILL, uintptr(os.Getppid()), uintptr(os.Getppid()), 0)
		return errnoError(errno)
	},
	"trace its parent": func() error {
		runtime.LockOSThread()
		if err := unix.PtraceSeize(os.Getppid()); err != nil {
			return err
		}
		return nil
	},
	"read its parent's memory": func() error {
		b := make([]byte, 1)
		local := []unix.Iovec{{Base: &b[0], Len: 1}}
		_, err := unix.ProcessVMReadv(os.Getppid(), local, []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&attackTarget)), Len: 1}}, 0)
		return err
	},
	"executable memory": func() error {
		_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANON)
		return err
	},
	"memory made executable": func() error {
		b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			return nil // ordinary memory must be there
		}
		return unix.Mprotect(b, unix.PROT_READ|unix.PROT_EXEC)
	},
	"shared memory": func() error {
		_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANON)
		return err
	},
	"memory that grows like a stack": func() error {
		_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_GROWSDOWN)
		return err
	},
	"memory without a file": func() error {
		_, err := unix.MemfdCreate("escape", 0)
		return err
	},
	"io_uring": func() error {
		var params [120]byte
		_, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&params)), 0)
		return errnoError(errno)
	},
	"user namespace": func() error { return unix.Unshare(unix.CLONE_NEWUTS) },
	"bpf": func() error {
		attr := [18]uint32{0: 2, 1: 4, 2: 4, 3: 1} // an array map of one entry
		_, _, errno := unix.Syscall(unix.SYS_BPF, 0, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr))
		return errnoError(errno)
	},
	"a higher limit":  func() error { return unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 64, Max: 64}) },
	"become readable": func() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) },
	"another root":    func() error { return unix.Chroot("/") },
	"change folder":   func() error { return unix.Chdir("/tmp") },
	"a new file descriptor": func() error {
		_, err := unix.Dup(1)
		return err
	},
}

// exhausting attacks do no harm but never end by themselves.
var exhausting = map[string]func() error{
	"4 GB of memory": func() error {
		debug.SetGCPercent(-1)
		var all [][]byte
		for range 64 {
			b := make([]byte, 64<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			all = append(all, b)
		}
		runtime.KeepAlive(all)
		return nil
	},
	"an endless loop": func() error {
		for n := 0; ; n++ {
			if n < 0 {
				return nil
			}
		}
	},
	"a sleep": func() error {
		time.Sleep(time.Hour)
		return nil
	},
}

var attackTarget byte

func dial(network, address string) error {
	c, err := net.DialTimeout(network, address, time.Second)
	if errors.Is(err, unix.ECONNREFUSED) {
		return nil // it got out of here
	}
	if err == nil {
		err = c.Close()
	}
	return err
}

func forked(pid uintptr, errno unix.Errno) error {
	if errno == 0 && pid == 0 { // in the new process
		_, _, errno = unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return errnoError(errno)
}

func errnoError(errno unix.Errno) error {
	if errno != 0 {
		return errno
	}
	return nil
}
