#% known bash
(a)
( a; b )
(a) && (b)
( (a) )
{ a; }
{ a; b; } | c
{ a; { b; }; }
(a; (b; (c)))
(a) & wait
{ a; } & wait
if a; then b; fi
if a; then b; else c; fi
if ! a; then b; else c; fi
if false; then :; elif a; then b; else c; fi
if a && b; then c; fi
if a; b; then c; fi
if a | b; then c | d; fi
while a; do b; break; done
until a; do b; done
while false; do a; done; b
for i in 1 2; do a; done
for i in 1 2; do a x; b; done; c
for i; do a; done; b
for i in; do a; done; b
for ((i=0; i<2; i++)); do a; done
for ((;;)); do a; break; done
for i in {1..3}; do a; done
select x in 1; do a; break; done < /dev/null; b
case x in x) a;; esac
case x in y) a;; *) b;; esac
case x in (x) a;; esac
case x in x|y) a;& z) b;; esac
case x in x) a;;& *) b;; esac
case x in x) ;; esac; a
case "x y" in "x y") a; b ;; esac
case x in x) a; esac
f() { a; }; f
f() { a; b; }; f && f
f () ( a ); f
function f { a; }; f
function f() { a; }; f
f() { g; }; g() { a; }; f
f() if a; then b; fi; f
f() { a; } > /dev/null; f
f() { return; }; f; a
a() { b; }; a
f() { local x=1; a; }; f
f() { a; }; f &
f() { command a; }; f
{ a; } 2>/dev/null
[[ -n x ]] && a
[[ x == x && ( y = y || z = z ) ]] && a
[[ ! -f x ]] && a
[[ abc =~ ^a.c$ ]] && a
[[ x == @(x|y) ]] && a
[[ 1 -eq 1 ]] && a
[ 1 = 1 ] && a
test x = x && a
[ -n x -a -n y ] && a
(( 1 + 1 )) && a
((1)) && a
(( 0 )) || a
i=1; ((i++)); a
i=1; (( i += 2 )) && a
let 1+1 && a
if [[ x ]]; then a; else b; fi
if (a); then (b); fi
if { a; }; then b; fi
while a; do if b; then break; fi; done
for x in 1; do case $x in 1) a;; esac; done
for x in 1; do for y in 2; do a; done; done
a && { b || c; } && d
a && (b || c) && d
a || b && c || d
(a && b) || (c && d)
{ a && b; } || { c && d; }
a | (b; c) | d
a | { b; c; } | d
a | while false; do b; done
a | if b; then c; fi
coproc a b; wait
coproc a; wait
coproc N { a; b; }; wait
coproc { a; }; wait
coproc a >/dev/null; wait
declare x=1; a
export x=1; a
local x 2>/dev/null; a
readonly x=1; a
declare -a x=(1 2); a
typeset x=y; a
unset x; a
x=(1 2 3); a
x=([0]=1 [1]=2); a
x+=(1); a
set -e; a
set -euo pipefail; a
set -x; a
set -- 1 2; a
shopt -s nullglob; a
trap - EXIT; a
trap '' INT; a
ulimit -n 100; a
umask 022; a
cd /tmp; a
pushd / >/dev/null; a; popd >/dev/null
exit 0 | a
: a; b
true; a
alias; a
type a; a
hash a; a
times; a
%%{
a
b
%%}
%%{
a &&
b ||
c
%%}
%%{
a |
b
%%}
%%{
if a
then
  b # comment
elif c
then d
else
  c
fi
%%}
%%{
# leading
a \
  --flag \
  value
%%}
%%{
for i in 1 2
do
  a
  b
done | c
%%}
%%{
case x in
  # comment
  x)
    a
    ;;
  *) b
esac
%%}
%%{
f()
{
  a
}
f
%%}
%%{
(
a
b
)
%%}
%%{
while
  a
do
  b
  break
done
%%}
%%{
a


b
%%}
#% opaque bash
((a); b)
declare -A x=([a]=1); a
