package main

import (
	"fmt"
	"net"
)

// ops checks where metrics and health are told: on a port of their own, as the
// API's may be public.
func (c *checker) ops(raw *rawOps, api text) {
	if raw == nil {
		return
	}
	const hint = "such as ops: { listen: 127.0.0.1:9090 }, or leave ops out"
	if !c.required(raw.Listen, "ops.listen", hint) {
		return
	}
	host, ok := c.listen(raw.Listen)
	if !ok {
		return
	}
	c.cfg.Ops.Listen = raw.Listen.Text
	switch {
	case clash(raw.Listen.Text, api.Text):
		c.add(raw.Listen.At, fmt.Sprintf("ops.listen: %s is taken by api.listen, which is %s", raw.Listen.Raw, api.Raw), "another port: what it tells is not for those who ask the API")
	case !loopback(host):
		c.warn(raw.Listen.At, fmt.Sprintf("ops.listen: %s can be reached from other machines, and asks for no key", raw.Listen.Raw),
			"127.0.0.1, or let a firewall admit only those who watch: it tells the names of sources and how they are")
	}
}

// clash tells whether two addresses cannot both be listened on.
func clash(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errA != nil || errB != nil || portA != portB || portA == "0" {
		return false
	}
	everywhere := func(host string) bool { return host == "" || net.ParseIP(host).IsUnspecified() }
	return hostA == hostB || everywhere(hostA) || everywhere(hostB) || loopback(hostA) && loopback(hostB)
}
