package casetree

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// RunAsNobody runs tests of the running test program again in a new process,
// as a user whom permissions bind, and returns what they print. files are given
// to that user as copies, and their names there as the values of the environment
// variables that they stand under. Where nobody can be asked, not even by root,
// the error is [errors.ErrUnsupported].
func RunAsNobody(tests string, files map[string][]byte) ([]byte, error) {
	const nobody = 65534
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: only root can run tests as somebody else", errors.ErrUnsupported)
	}
	// The test's own program is in a folder that others cannot look into.
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chown(dir, nobody, nobody); err != nil {
		return nil, fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	program := filepath.Join(dir, "test")
	if err := copyProgram(program); err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "-test.run="+tests, "-test.v", "-test.paniconexit0")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	for variable, text := range files {
		name := filepath.Join(dir, variable)
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return nil, err
		}
		cmd.Env = append(cmd.Env, variable+"="+name)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		return nil, fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	return out, err
}

func copyProgram(to string) error {
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	defer from.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, from); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
