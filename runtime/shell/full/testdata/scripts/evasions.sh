## Where shells and the parser part, or a variable is set in a way that does not show.
#% opaque bash
x=1; {read,x} <<< 'y[$(a)]'; ((x))
x=1; read {x,w} <<< 'y[$(a)] 1'; ((x))
x=1; printf {-v,x} 'y[$(a)]'; ((x))
x=1; read \x <<< 'y[$(a)]'; ((x))
xy=1; read x\y <<< 'y[$(a)]'; ((xy))
xy=1; printf -v x\y 'y[$(a)]'; ((xy))
x=1; mapfile -t \x <<< 'y[$(a)]'; ((x))
x=1; readarray {x,} <<< 'y[$(a)]'; ((x))
z=1; printf ''-v z y; y='v[$(a)]'; ((z))
z=1; w=1; printf -v z -v "w" y; y='v[$(a)]'; ((w))
x=1; time -- read x <<< 'y[$(a)]'; ((x))
read x <<< 'y[$(a)]'; ((x)); exec {x}>f
read COPROC <<< 'y[$(a)]'; ((COPROC)); coproc b
x=("" ""); y='w[$(a)]'; IFS=y; z="${x[*]}"; ((z))
x=("" ""); y='w[$(a)]'; IFS=y; ((${x[*]}))
x=1; {read,-a,x} <<< 5; y='($(a))'; declare x="$y"
x=1; read -a \x <<< 5; y='($(a))'; declare x="$y"
x=('y[$(a)]'); echo ${!x[@]-z}
x=('y[$(a)]'); echo ${!x[*]:0:1}
x=('y[$(a)]'); echo ${!x[@]/a/b}
x=('y[$(a)]'); echo ${!x[@]@Q}
time -- x=1 a
time -- x='1' a
time -p -- x=1 a
time -- ! a
time -- coproc a b; wait
time -- [[ -v 'x[$(a)]' ]]
coproc x='1' a; wait
coproc x="1" a b; wait
echo a | xargs flock f -c
echo '-c b' | xargs script -qc a f
echo "${x-`a \"; b #\"`}"
echo "${x-"`a \"; b #\"`"}"
a "`b "c d{b,c}"`;"
%%{
a # \
b
%%}
%%{
a;# c \
b c
%%}
%%{
#\
b
%%}
%%{
echo $(a #\
 b
)
%%}
%%{
x=$(cat <<E
foo
E); a
E
)
%%}
%%{
x=$(cat <<'E'
foo
E); a
E
)
%%}
%%{
x=$(cat <<-E
foo
	E); a
E
)
%%}
%%{
x=$(cat <<E
foo
E\
); a
E
)
%%}
%%{
cat <(cat <<E
foo
E); a
E
)
%%}
%%{
echo $(a <<''
$(b)

c
)
%%}
%%{
cat <<E
`a \"; b #\"`
E
%%}
#% opaque dash
a 12>f
## Where zsh and ksh read other words than bash, or evaluate what they read.
#% opaque ksh93
time -- a
cat f | read x; test x -eq 1
cat f | while read x; do ulimit -n x; done
cat f | select x in a; do test REPLY -eq 1; break; done
#% opaque zsh
setopt rcquotes; 'a''b'
#% opaque bash
shopt -s compat42; a
rksh93 -c 'time -- a'
mksh -c 'cat f | read SECONDS'
#% known bash
rzsh -c 'a b' || x
posh -c 'a b' || x
z=1; printf -v x '%s\n' y; ((z)) && a
z=1; printf '%s\n' "$z" x; printf ''; ((z)) && a
x=(1 2); for i in "${!x[@]}"; do a; done; ((${#x[*]})) && b
time -- a x=1
a '#' \# b#c; d
echo "`a \"b\"`" ${x-"`c \"d\"`"}
%%{
a "#b" x#y \
c
%%}
%%{
x=$(cat <<E
(E)
E
); a
%%}
%%{
bash <<-E
	a 'x\
	y'
	E
%%}
%%{
sh <<-E
	\
	a 'x\
	y'
	E
%%}
