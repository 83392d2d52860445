package servertest

import "syscall"

// port is one on loopback that nobody else is given as long as its socket is open: the
// socket is bound and does not listen. A server may listen on the port meanwhile, as
// both allow for the address to be used again; while the server is down, who connects
// is refused.
type port struct {
	number int
	socket int
}

func takePort() (p port, err error) {
	syscall.ForkLock.RLock()
	p.socket, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(p.socket)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return p, err
	}
	var bound syscall.Sockaddr
	err = syscall.SetsockoptInt(p.socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err == nil {
		err = syscall.Bind(p.socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	if err == nil {
		bound, err = syscall.Getsockname(p.socket)
	}
	if err != nil {
		_ = p.giveBack()
		return p, err
	}
	p.number = bound.(*syscall.SockaddrInet4).Port
	return p, nil
}

func (p port) giveBack() error { return syscall.Close(p.socket) }
