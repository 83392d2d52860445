package examples_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"arendebrygga/sources/servertest"
)

// TestOpenEPlatformConnect: the database finds nothing wrong with the example.
func TestOpenEPlatformConnect(t *testing.T) {
	server := servertest.MariaDB(t)
	loadOep(t, server)
	const connection = "ARENDEBRYGGA_SOURCES__OEP__CONNECTION__"
	cmd := exec.Command(program(t), "validate", "--connect", "--config", "open-eplatform/arendebrygga.yaml")
	cmd.Env = append(os.Environ(), connection+"SERVER="+server.Addr, connection+"DATABASE="+server.Database,
		connection+"USER="+server.User, connection+"PASSWORDFILE="+secretFile(t, server.Password))
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "warning") || !strings.Contains(string(out), "GRANT SELECT ON") {
		t.Errorf("%v\n%s", err, out)
	}
}
