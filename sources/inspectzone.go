package sources

import (
	"context"
	"strings"
	"time"

	"arendebrygga/adapter"
)

// offset tells of the server's own zone, in which it is that it writes times itself. In
// Azure SQL that is always UTC.
func (i *inspection) offset(ctx context.Context, zone string) {
	at, err := time.Parse("-07:00", zone)
	_, theirs := at.Zone()
	_, ours := time.Now().In(i.def.Location).Zone()
	bare := append(i.wallTimes(i.eventsView(ctx)), i.wallTimes(i.recipientsView(ctx))...)
	if err != nil || theirs == ours || len(bare) == 0 {
		i.zone(zone)
		return
	}
	i.tell(Warning, "compare a new row with a clock: where the case system writes its own wall clock's time all is well; where it is the server's, by GETDATE() or a default, set the source's timezone, UTC in Azure SQL",
		"the server's own zone is %s, and now not that of %s: %s in the database without a zone, so what the server's clock wrote there is read hours off", zone, i.def.Location, columnsAre(bare))
}

// wallTimes are the columns of a query that are read as times and do not say in which zone.
// What is wrong with the query is told elsewhere.
func (i *inspection) wallTimes(v *view, err error) (names []string) {
	if err != nil || v == nil {
		return nil
	}
	for at, col := range v.columns {
		if t := v.traits[at]; col.Type == adapter.Time && !t.instant && strings.Contains(t.as, "datetime") {
			names = append(names, col.Name)
		}
	}
	return names
}

func columnsAre(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, ", ") + " are"
}
