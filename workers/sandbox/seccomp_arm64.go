package sandbox

import "golang.org/x/sys/unix"

const (
	arch    = unix.AUDIT_ARCH_AARCH64
	fstatat = unix.SYS_FSTATAT
	// foreignNumbers lies above every number of this machine.
	foreignNumbers = 0x40000000
)

// oldPaths is empty here: this machine has no calls from before openat.
//
//nolint:gochecknoglobals // table
var oldPaths []uint32
