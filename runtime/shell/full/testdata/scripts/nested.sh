#% known bash
bash -c a
bash -c 'a b'
bash -c "a b"
bash -c 'a; b' && c
bash -c "a 'b c'"
bash -c 'a "$1"' x y
bash -c 'a "$@"' -- x y
bash -lc 'a'
bash -ec 'a; b'
bash -euo pipefail -c 'a; b'
bash -eu -o pipefail -c 'a | b'
bash -o errexit -c 'a'
bash -c -e 'a; b'
bash -ceu 'a'
bash -x -c 'a'
bash --norc -c 'a'
bash --norc --noprofile -c 'a'
bash +x -c 'a'
bash -c 'bash -c "a b"'
bash -c "bash -c 'bash -c \"a b\"'"
bash -c a\ b
bash -c "a"\ b
bash -c $'a\nb'
bash -c 'a $(b)'
bash -c "a \$(b)"
bash -c 'if a; then b; fi'
bash -c 'f() { a; }; f'
bash -c 'a' > /dev/null
A=1 bash -c 'a'
/bin/bash -c 'a'
/usr/bin/bash -c 'a b'
sh -c 'a b'
sh -c 'a; b | c'
sh -ec 'a'
sh -c 'a $(b)'
sh -c 'a `b`'
sh -c 'if a; then b; fi'
sh -c 'a > f 2>&1'
sh -c '(a; b)'
sh -c 'f() { a; }; f'
sh -c 'for i in 1 2; do a; done'
sh -c 'case x in x) a;; esac'
sh -c 'a "$1"' x y
sh -c 'a "b c"'
sh -c "a 'b'"
dash -c 'a b'
(bash -c 'a')
x $(bash -c 'a')
x=$(bash -c 'a; b')
bash -c 'a' & wait
bash -c '' ; a
bash -s <<< 'a b'
bash <<< 'a'
eval a
eval 'a b'
eval "a; b"
eval a b
eval 'a' 'b c'
eval "eval 'a b'"
eval 'x=1; a'
eval 'a | b'
eval a \; b
eval 'a "b c"'
eval -- a
eval; a
trap 'a' EXIT; b
trap 'a; b' EXIT INT
trap "a 'b c'" 0
trap -- 'a' EXIT
f() { a; }; trap f EXIT
trap 'a' ERR; false
trap 'a' DEBUG; :
trap 'a' RETURN; f() { :; }; f; b
%%{
bash -c 'a
b'
%%}
%%{
bash -s x y <<'E'
a b
E
%%}
%%{
bash <<E
a b
E
c
%%}
%%{
bash -c '
set -e
a
b
'
%%}
%%{
sudo bash <<'E'
a b
E
%%}
#% known bash
%%{
bash <<'E'
cd .; export A=1
echo x
b c
E
%%}
%%{
env bash <<-'E'
	a b
	E
%%}
## A command may read what is left of the script.
#% opaque bash
%%{
bash <<'E'
a b
c
E
%%}
%%{
sh <<'E'
a
b | c
E
%%}
%%{
env bash <<-'E'
	a
	b c
	E
%%}
%%{
bash <<'E'
head -c 1
#a b
E
%%}
%%{
bash <<'E'
read x
b 'foo
a
c'
E
%%}
%%{
bash <<'E'
f() { head -c 1; }
f
#a b
E
%%}
echo a > f; bash <<< 'exec < f'
bash <<< 'exec <<< "a"'
bash <<< 'command exec <<< "a"'
bash <<< 'f() { exec <<< a; }; f'
bash -c "$(echo a)"
x=a; bash -c "$x"
x=a; bash -c "$x b"
bash -c "a $(echo b)"
bash <<< "$(echo a)"
echo a | bash
echo 'a b' | bash -s
echo a | sh
echo 'a b' > s; bash s
echo 'a' > s; sh ./s x
echo 'a' > s; . ./s
echo 'a' > s; source ./s x y
x=a; eval "$x"
x='a b'; eval $x c
eval "$(echo a)"
eval "a $(echo b)"
source <(echo a)
x=a; trap "$x" EXIT
bash < <(echo a)
{ bash; } <<< a
{ head -c 2 > /dev/null; bash; } <<< ': a'
sh -c 'bash' <<< 'a'
x $(bash) <<< 'a'; a
echo a > s; BASH_ENV=s bash -c b
echo a > s; env BASH_ENV=s bash -c b
echo a > s; export BASH_ENV=s; bash -c b
echo a > s; bash --rcfile s -i -c b 2>/dev/null
bash -k -c 'a A=1 b'
bash +B -c 'a {b,c}'
bash -o keyword -c 'a A=1'
set -k; a A=1 b
set +B; a {b,c}
set -o keyword; a A=1 b
PS4='$(a)'; set -x; :
hash -p "$PWD/tool" x; x y
bash -O expand_aliases -c $'alias x="a b"\nx c'
sh -c $'alias x="a b"\nx c'
bash --posix -c $'alias x="a b"\nx c'
set -o posix; eval $'alias x=a\nx b'
%%{
shopt -s expand_aliases
alias x='a b'
x c
%%}
%%{
shopt -s expand_aliases
alias x='a;'
x b
%%}
%%{
shopt -s expand_aliases
alias x='a '
alias y=b
x y
%%}
%%{
x=a
bash <<E
$x b
E
%%}
