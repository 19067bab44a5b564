#% known bash
a > f
a >f b
> f a b
a >> f
a >| f
a < /dev/null
a 2> f
a 2>&1
a > f 2>&1
a &> f
a &>> f
a >& f
a >&2
a 2>&-
a <&-
a <&0
a <> f
a 3> f
a 3<> f 4>&3
a {fd}> f
exec 3> f; a >&3
exec 2>/dev/null; a
> f; a
< /dev/null; a
{ a; b; } > f 2>&1
(a; b) > f
if a; then b; fi > f
while a; do b; break; done > f
for i in 1; do a; done > f 2>&1
case x in x) a;; esac > f
f() { a; } > g; f
[[ x ]] > f; a
(( 1 )) > f; a
a > "f g"
a > $(b; echo f)
a > "$HOME/f" ; b
a > /dev/null 2>&1 && b
a 2>/dev/null | b
a 2>&1 | b 2>&1
a <<< word
a <<< "x y"
a <<< $(b)
a <<< "$(b)"
a <<<x b
a > f < f
a>f;b>g
a>f&&b
a 2>f>g
a > f; b < f
! a > f
time a > f
a > {x}
%%{
a <<E
text
E
%%}
%%{
a <<E b
text
E
c
%%}
%%{
a <<E | b
text
E
%%}
%%{
a <<'E'
$(b)
`c`
E
%%}
%%{
a <<E
$(b)
`c`
${x:-$(d)}
E
%%}
%%{
a <<"E"
$(b)
E
c
%%}
%%{
a <<\E
$(b)
E
c
%%}
%%{
a <<-E
	text
	E
b
%%}
%%{
a <<-'E'
	$(b)
		x
	E
c
%%}
%%{
a <<E <<F
x
E
$(b)
F
c
%%}
%%{
a <<E; b
text $(c)
E
d
%%}
%%{
a <<E && b
a
b
E
c
%%}
%%{
if a <<E
$(b)
E
then c; fi
%%}
%%{
f() {
a <<E
$(b)
E
}
f
%%}
%%{
(a <<E
$(b)
E
)
%%}
%%{
a <<E
\$(b) \`c\` \\
E
d
%%}
%%{
a <<E > f
x
E
b
%%}
%%{
a <<E
"$(b)" '$(c)'
E
%%}
%%{
cat <<E | b
$((1+1))
E
%%}
%%{
while read -r x; do a; done <<E
1
2
E
b
%%}
%%{
x=$(cat <<E
$(a)
E
)
b
%%}
%%{
a <<''
$(b)

c
%%}
%%{
a <<E

E
b
%%}
%%{
a << "E F"
x
E F
b
%%}
