package sandbox

import "golang.org/x/sys/unix"

const (
	arch    = unix.AUDIT_ARCH_X86_64
	fstatat = unix.SYS_NEWFSTATAT
	// foreignNumbers is where the numbers of the x32 machine begin.
	foreignNumbers = 0x40000000
)

// oldPaths are the calls that open or look at a path and that later machines
// no longer have.
//
//nolint:gochecknoglobals // table
var oldPaths = []uint32{unix.SYS_OPEN, unix.SYS_STAT, unix.SYS_LSTAT, unix.SYS_ACCESS, unix.SYS_READLINK}
