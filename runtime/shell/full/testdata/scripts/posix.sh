#% known sh
a
a b; b
a && b || c
(a; b)
{ a; }
a $(b)
a `b`
a "$(b)"
if a; then b; fi
for i in 1 2; do a; done
case x in x) a;; esac
f() { a; }; f
a > f 2>&1
a <&-
A=1 a
eval 'a b'
trap 'a' EXIT; b
command a
exec a
( (a) )
a $x
a 'b c' "d"
a & wait
! a
a | b
echo x | xargs a
a {b,c}
a $'b'
a $"b"
[ x ] && a
a ~
a $((1+1))
%%{
a \
b
%%}
%%{
a <<E
$(b)
E
%%}
%%{
a <<'E'
$(b)
E
c
%%}
[[ x ]] || a
#% opaque sh
a &> f
eval 'alias x=a'; eval x
((a))
a |& b; a
{a,b} || a
function f { a; }
a <(b); a
%%{
alias x='a b'
x c
%%}
