package witness

import "testing"

// What is not there yet would be on the file system of its folder.
func TestFileSystem(t *testing.T) {
	t.Chdir(t.TempDir())
	want, ok := fileSystem(".")
	if !ok {
		t.Fatal("the folder of tests is on no file system")
	}
	for _, path := range []string{"none", "none/none"} {
		if got, ok := fileSystem(path); got != want || !ok {
			t.Errorf("%s is on %#x, %v, want %#x", path, got, ok, want)
		}
	}
	if kind, ok := fileSystem("/proc/self/none"); kind != 0x9fa0 || !ok {
		t.Errorf("/proc/self is on %#x, %v", kind, ok)
	}
}

func TestIsLate(t *testing.T) {
	for kind, want := range map[uint32]bool{
		0x6969: true, 0xfe534d42: true, 0x65735546: true, // NFS, SMB, FUSE
		0xef53: false, 0x58465342: false, 0x01021994: false, // ext4, XFS, tmpfs
	} {
		if got := isLate(kind); got != want {
			t.Errorf("%#x: %v", kind, got)
		}
	}
}

func TestAbove(t *testing.T) {
	for path, want := range map[string]string{
		"a": ".", "a/": ".", "a/b": "a", "a/b/": "a", "a//b": "a/", "/a": "/", "/a/b": "/a", "//a": "/", "./a": ".", "../a": "..",
	} {
		if got := above(path); got != want {
			t.Errorf("%q is in %q, want %q", path, got, want)
		}
	}
}
