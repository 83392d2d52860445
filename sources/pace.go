package sources

import (
	"time"

	"arendebrygga/adapter"
)

// pace makes the windows of one kind of walk smaller while the database is slow. It
// is not kept over a restart: the first windows find it again.
type pace struct {
	share int   // a page has this part of limits.PageSize rows: one of 1, 2, 4 …; 0: all
	most  int64 // the greatest step, in rows or in units of the axis; 0: any
	calm  int   // statements in a row that were neither slow nor quick
	tried bool  // the windows have their size as a larger one was tried then
	vain  int   // how often in a row that was slow
}

// The shares of limits.queryTimeout above which windows get smaller and below which
// they grow again. What is left in between keeps them from swinging; but where a
// statement takes that long however few rows it has, they would stay small for ever. So
// a larger one is tried after calmPages, and twice as many each time that it was slow.
const (
	slowShare  = 4
	quickShare = 16
	calmPages  = 8
	mostVain   = 8
)

// paced reads a page along a view at a pace, and learns from how long it took.
func (p *poller) paced(at *pace, v *view, read func(*reader) (adapter.Page, error)) (adapter.Page, error) {
	r := &reader{poller: p, view: v, limits: p.limits, most: at.most}
	r.limits.PageSize = max(1, p.limits.PageSize/max(1, at.share))
	p.longest = 0
	page, err := read(r)
	at.learn(p.longest, p.limits, r.used)
	return page, err
}

// learn has the windows fit the longest statement that the last page took. One that
// was ended for its time says little of how much longer it would have taken.
func (c *pace) learn(longest time.Duration, limits adapter.Limits, used int64) {
	switch {
	case longest > limits.QueryTimeout/slowShare:
		parts := 2
		if longest >= limits.QueryTimeout {
			parts = 4
		}
		if c.tried {
			c.vain = min(c.vain+1, mostVain)
		}
		c.calm, c.tried = 0, false
		c.shrink(parts, limits.PageSize, used)
	case longest < limits.QueryTimeout/quickShare:
		c.calm, c.tried, c.vain = 0, false, 0
		c.grow()
	case c.share > 1:
		if c.calm++; c.calm < calmPages<<c.vain {
			return
		}
		if c.tried {
			c.vain = 0
		}
		c.calm, c.tried = 0, true
		c.grow()
	}
}

// grow has the next window be twice as large, or as large as it may be.
func (c *pace) grow() {
	if c.share > 2 {
		c.share, c.most = c.share/2, 2*c.most
	} else {
		c.share, c.most = 0, 0
	}
}

// shrink has the next window be one of so many parts of the last one, of which used
// was the step; 0 if it had none, as inside one value.
func (c *pace) shrink(parts, pageSize int, used int64) {
	if c.share = max(1, c.share); c.share < pageSize {
		c.share *= parts
	}
	if used > 0 {
		c.most = max(1, used/int64(parts))
	}
}

// keyPace has fewer keys be asked for in one statement while the database is slow.
type keyPace struct {
	pace
	slow time.Duration // what the statement took by which their number last changed; 0: none that ended
}

// learn has the next statements fit one that took so long; full: it had as many keys as
// it might. Where fewer keys take as long as more did, as without an index, they would only
// make more statements that take as long. So their number grows again then, and once
// where nothing is known of more but that a statement was ended for its time.
func (c *keyPace) learn(took, limit time.Duration, full bool) {
	quick, slow := took < limit/quickShare, took > limit/slowShare
	same := took > c.slow*3/4 && took < c.slow*5/4
	switch {
	case quick && !full: // few keys say nothing of many
		return
	case quick || took >= limit:
		c.slow = 0
	case same || c.slow == 0 && !slow:
		if full && c.share > 1 && took < limit/2 {
			c.slow = took
			c.grow()
		}
		return
	case slow:
		c.slow = took
	}
	c.pace.learn(took, adapter.Limits{PageSize: keysPerStatement, QueryTimeout: limit}, 0)
}
