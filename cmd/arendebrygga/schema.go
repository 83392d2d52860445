package main

// The shape of arendebrygga.yaml. Sections are structs, maps and lists; single
// values are one of the leaf types, which know where they were written.

type rawConfig struct {
	Producent   *rawProducent           `koanf:"producent"`
	Producenter map[string]rawProducent `koanf:"producenter"`
	Timezone    text                    `koanf:"timezone"`
	Sources     map[string]rawSource    `koanf:"sources"`
	Mappings    list                    `koanf:"mappings"`
	Store       rawStore                `koanf:"store"`
	API         rawAPI                  `koanf:"api"`
	Ops         *rawOps                 `koanf:"ops"`
	Log         rawLog                  `koanf:"log"`
}

type rawProducent struct {
	Namn            text `koanf:"namn"`
	Aktor           text `koanf:"aktor"`
	Standardversion text `koanf:"standardversion"`
}

type rawSource struct {
	Kind            text           `koanf:"kind"`
	Connection      rawConnection  `koanf:"connection"`
	Mode            text           `koanf:"mode"`
	Producent       text           `koanf:"producent"`
	ProducentColumn text           `koanf:"producentColumn"`
	Timezone        text           `koanf:"timezone"`
	Events          rawEvents      `koanf:"events"`
	Recipients      *rawRecipients `koanf:"recipients"`
	FirstRun        *rawFirstRun   `koanf:"firstRun"`
	Poll            duration       `koanf:"poll"`
	Overlap         duration       `koanf:"overlap"`
	MaxHold         duration       `koanf:"maxHold"`
	Sweep           duration       `koanf:"sweep"`
	Limits          rawLimits      `koanf:"limits"`
}

type rawConnection struct {
	Server       text `koanf:"server"`
	Database     text `koanf:"database"`
	User         text `koanf:"user"`
	Password     text `koanf:"password"`
	PasswordFile text `koanf:"passwordFile"`
	DSN          text `koanf:"dsn"`
	DSNFile      text `koanf:"dsnFile"`
	Path         text `koanf:"path"`
	TLS          text `koanf:"tls"`

	// mssql only
	Authenticator         text    `koanf:"authenticator"`
	Krb5ConfFile          text    `koanf:"krb5ConfFile"`
	KeytabFile            text    `koanf:"keytabFile"`
	CredCacheFile         text    `koanf:"credCacheFile"`
	Realm                 text    `koanf:"realm"`
	ServerSPN             text    `koanf:"serverSpn"`
	FailoverPartner       text    `koanf:"failoverPartner"`
	ReadOnlyIntent        boolean `koanf:"readOnlyIntent"`
	Certificate           text    `koanf:"certificate"`
	HostNameInCertificate text    `koanf:"hostNameInCertificate"`
}

type rawEvents struct {
	Query        text            `koanf:"query"`
	Columns      map[string]text `koanf:"columns"`
	Row          text            `koanf:"row"`
	Case         text            `koanf:"case"`
	Created      text            `koanf:"created"`
	Status       list            `koanf:"status"`
	Time         rawTime         `koanf:"time"`
	Cursor       rawCursor       `koanf:"cursor"`
	PublishWhen  text            `koanf:"publishWhen"`
	WithdrawWhen text            `koanf:"withdrawWhen"`
	IfChanged    text            `koanf:"ifChanged"`
	Delay        duration        `koanf:"delay"`
	OnMissing    rawMissing      `koanf:"onMissing"`
}

// rawTime may be written as the column alone.
type rawTime struct {
	Column     text `koanf:"column"`
	IfMidnight text `koanf:"ifMidnight"`
	IfFuture   text `koanf:"ifFuture"`
}

// rawMissing may be written as the word alone.
type rawMissing struct {
	Do    text   `koanf:"do"`
	After number `koanf:"after"`
}

type rawCursor struct {
	Column text `koanf:"column"`
	Kind   text `koanf:"kind"`
	Table  text `koanf:"table"`
}

type rawRecipients struct {
	Query     text            `koanf:"query"`
	Columns   map[string]text `koanf:"columns"`
	Case      text            `koanf:"case"`
	Created   text            `koanf:"created"`
	Recipient text            `koanf:"recipient"`
	Role      text            `koanf:"role"`
	Row       text            `koanf:"row"`
	Column    text            `koanf:"column"` // short for identity.column where the event row has it
	Identity  rawIdentity     `koanf:"identity"`
	Cursor    *rawCursor      `koanf:"cursor"`
	Changes   *rawChanges     `koanf:"changes"`
}

type rawChanges struct {
	Added   text `koanf:"added"`
	Removed text `koanf:"removed"`
}

type rawIdentity struct {
	Column           text       `koanf:"column"`
	OrganisationWhen text       `koanf:"organisationWhen"`
	Tillagg          text       `koanf:"tillagg"`
	Century          rawCentury `koanf:"century"`
}

type rawCentury struct {
	MinAge number `koanf:"minAge"`
	Fixed  number `koanf:"fixed"`
}

// rawFirstRun is either a word or an expression under publishWhen.
type rawFirstRun struct {
	Word        text `koanf:"="`
	PublishWhen text `koanf:"publishWhen"`
}

type rawLimits struct {
	PageSize       number   `koanf:"pageSize"`
	QueryTimeout   duration `koanf:"queryTimeout"`
	MaxConnections number   `koanf:"maxConnections"`
	AllowedHours   text     `koanf:"allowedHours"`
}

type rawStore struct {
	Path text     `koanf:"path"`
	Keep duration `koanf:"keep"`
}

type rawAPI struct {
	Listen    text          `koanf:"listen"`
	Bas       text          `koanf:"bas"`
	KeyHeader text          `koanf:"keyHeader"`
	Insecure  boolean       `koanf:"insecure"`
	Policy    text          `koanf:"policy"`
	Consumers []rawConsumer `koanf:"consumers"`
}

type rawConsumer struct {
	Name      text `koanf:"name"`
	KeySHA256 list `koanf:"keySha256"`
	Policy    text `koanf:"policy"`
}

type rawOps struct {
	Listen text `koanf:"listen"`
}

type rawLog struct {
	Level  text `koanf:"level"`
	Format text `koanf:"format"`
}
