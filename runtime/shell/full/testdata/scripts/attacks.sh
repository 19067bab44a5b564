## Where the shell runs more than it shows, and where it only seems to.
#% known bash
x='y[$(a)]'; [ 1 -eq "$x" ] || a
env a-b=1 a
env -- a.b=1 a x
env -u x a+b=1 a
env 'a b=1' a
env /x=1 a
exec -a git a
exec -a git a x
(exec -a bash sh -c 'a')
env --argv0=b a x
env -a b a x
jobs -x a b
sleep 0.1 & jobs -x a %1 b
f() { a; }; export -f f; bash -c f
f() { a; }; unset -f f; f || a
command_not_found_handle() { a; }; nosuch
set -o functrace; trap a DEBUG; :
trap a CHLD; sleep 0.01; :
trap a USR1; kill -USR1 $$; :
trap 'trap a EXIT' USR1; kill -USR1 $$; :
cat() { a; }; cat
coproc { a; }; wait
coproc N { a; }; wait
function f() for i in 1; do a; done; f
f() if :; then a; fi; f
f() [[ x ]] && a; f
f() ((1)) && a; f
for ((;;)) { a; break; }
for i in 1; { a; }
case x in (x) a;& y) b ;; esac
case x in x) a;;& *) b;; esac
echo $( (a) )
echo "`echo \"\`a\`\"`"
echo ${x-`a`}
echo ${x-'$(a)'}; b
echo "$'$(a)'"
echo $"$(a)"
echo ${x:="$(a)"}
echo a#$(a)
echo $(case x in x) a;; esac)
echo ~$(a)
{a,b,c}
PATH=$PWD:$PATH; cp tool t2; t2 || a
eval "a"" b"
eval 'eval "eval a"'
builtin eval a
command eval a
builtin builtin eval a
builtin command a
\a
"a"
'a' b
a''
''a
e''val a
IFS=; a b
shopt -s nullglob; a nosuch* b
set -f; a *
set -- ; a "$@" b
time -- a
time -p a
! time a
time a | b
time (a; b)
if a; then b; else c; fi
until a; do b; done
while a; do break; done
a && { b || c; } && (d; e)
a; { b; } & wait
(a) | (b) | { c; }
x=$(a; b) y=`c` d
x=`a` y=$(b)
>f a
< /dev/null a
2>&1 a >f b
a <<< "$(b)" > f
{ a; b; } <<< x
while read x; do a "$x"; done <<< 1
a < <(b) > >(c)
a <(b <(c))
tee >(a) >(b) < /dev/null > /dev/null
diff <(a) <(b)
a | while read x; do b; done
xargs -I{} a {} <<< x
xargs a <<< x
xargs -n1 a b <<< 'x y'
xargs sh -c 'a "$@"' _ <<< x
find . -exec a {} \;
find . -name tool -exec a {} +
find . -exec sh -c 'a "$1"' _ {} \;
timeout 5 a; nice -n 1 a; nohup a; env -i PATH="$PATH" a
timeout 5 nice env A=1 a b
sudo -u x env A=1 timeout 5 a b
env -S 'a b' c
env sh -c a
nice bash -c 'a && b'
stdbuf -o0 a
setsid -w a
flock f a b
flock f -c 'a b'
script -qc 'a' f
script -q -c 'a; b' f
time -- a b | c
coproc a b | c; wait
env =x a
env A=1 =y a b
%%{
"a\
" b
%%}
%%{
cat <<E
${x-'y'}
$(a)
E
%%}
x=1; env x=2 bash -c '((x)); a'

#% opaque bash
x=1; echo "${x/'$(a)'/}"; b
x=1; echo "${x#'$(a)'}"; b
declare -a x='($(a))'
readonly -a x='($(a))'
typeset -a x="(\$(a))"
x=(1); declare x='($(a))'
declare -A x='([k]=$(a))'
f() { local -a x='($(a))'; }; f
y='($(a))'; declare -a x=$y
y='($(a))'; declare -a "x=$y"
y='($(a))'; z=x=$y; declare -a $z
y='($(a))'; x=(1); declare x="$y"
y='($(a))'; read -ra x <<< '1 2'; declare x="$y"
y='($(a))'; mapfile x <<< 1; declare x="$y"
y='($(a))'; x[1]=1; declare x="$y"
y='($(a))'; declare -a x; declare x="$y"
y='($(a))'; declare -A x="$y"
y='($(a))'; x=(1); declare -x x="$y"
y='($(a))'; f() { x=(1); local x="$y"; }; f
y='($(a))'; f() { local -a z=$y; }; f
y='($(a))'; eval 'x=(1)'; declare x="$y"; a
y='($(a))'; declare DIRSTACK="$y"
x=-v; y='z[$(a)]'; [ "$x" "$y" ]
x=-v; y='z[$(a)]'; [ "$x" "$y" -a x ]
x=-v; y='z[$(a)]'; test "$x" "$y"
x=-v; y='z[$(a)]'; test $x $y
x=!; w=-v; y='z[$(a)]'; [ "$x" "$w" "$y" ]
x=-v; [ "$x" 'z[$(a)]' ]
e=ENV; echo 'a' > s; declare -x "BASH_${e}=s"; bash -c b
e=ENV; echo 'a' > s; export "BASH_${e}=s"; bash -c b
e=ENV; echo 'a' > s; export BASH_$e=s; bash -c b
e=ENV; echo 'a' > s; env "BASH_$e=s" bash -c b
e=BASH_ENV; echo 'a' > s; printf -v $e s; export BASH_ENV; bash -c b
read -aPS4 <<< '$(a)'; set -x; :
read -a PS4 <<< '$(a)'; set -x; :
printf -vPS4 '$(a)'; set -x; :
printf -v PS4 '$(a)'; set -x; :
for PS4 in '$(a)'; do set -x; :; done
unset PS4; : ${PS4:='$(a)'}; set -x; :
mapfile PS4 <<< '$(a)'; set -x; :
x='y[$(a)]'; OPTIND=$x
x='y[$(a)]'; HISTCMD=$x
x='y[$(a)]'; read RANDOM <<< $x
x='y[$(a)]'; printf -v RANDOM %s $x
declare -A m; x='$(a)'; unset "m[$x]"
declare -A m; x='$(a)'; let "m[$x]=1"
x='y[$(a)]'; exec {z[$x]}> f
x='y[$(a)]'; : {z[x]}> f
z=('$(a)'); echo "${z[@]@P}"
x='y[$(a)]'; z=([x]=3)
x='y[$(a)]'; z+=([$x]=3)
x='y[$(a)]'; z=(1 2); echo ${z[@]:x}
x='y[$(a)]'; set -- 1 2; echo ${@:x}
x='y[$(a)]'; unset z; z=(1); unset 'z[x]'
x='y[$(a)]'; declare "$x=1"
x='y[$(a)]'; declare $x=1
x='y[$(a)]'; read $x <<< 1
x='y[$(a)]'; read 'z[x]' <<< 1
x='y[$(a)]'; printf -v 'z[x]' 1
x='y[$(a)]'; test -v 'z[x]'
x='y[$(a)]'; declare z[x]=1
x='y[$(a)]'; declare -i z; z+=$x
x='y[$(a)]'; declare -i z; read z <<< $x
x='y[$(a)]'; declare -i z; for z in $x; do :; done
x='y[$(a)]'; declare -i z; : ${z:=$x}
x='y[$(a)]'; declare -i z; export z=$x
x='y[$(a)]'; declare -i z; z=($x)
x='y[$(a)]'; declare -i z; mapfile z <<< $x
x='y[$(a)]'; z=x; declare -n r=z; : $((r))
x='y[$(a)]'; let z=x
x='y[$(a)]'; case 1 in $((x))) ;; esac
x='y[$(a)]'; echo ${!z[x]}
compgen -W '$(a)'
compgen -C a b
x='$(a)'; compgen -W "$x"
: >& '$(a)'
: 1>& '$(a)'
: >& '`a`'
: >& $'\x24(a)'
y='$(a)'; : >& $y
y='x$(a)'; : >& "$y"
: >& "$(echo '$(a)')"
bash -c ": >& '\$(a)'"
. <(echo a)
source /dev/stdin <<< a
bash <<< '. ./s' ; a
((1);a)
((echo 1); a)
$((echo 1); a)
echo $((a) )
~/$(a)
[ `a` ]
alias a=:; a
x=a; echo "$($x)"
x=a; `echo $x`
"$(echo a)"
c"$(echo a)" || a
a=b; ${a/b/a}
${x:-a} b
${x:+b} a
$x a
"$x" a || b
{a..c}
./too?
./t*l x
*/nosuch || a
hash -p "$PWD/tool" a; a
set -- a b; "$@"
set -- 'a b'; $*
IFS=_; x=a_b; $x
shopt -s extglob; a !(b)
shopt -s nullglob; nosuch* a
xargs -I{} sh -c 'a {}' <<< x
xargs -I{} {} <<< a
find . -name tool -exec {} \;
env -S 'sh -c "a"'
coproc x=1 a; wait
echo "${x-'$(a)'}"
echo "${x-$'$(a)'}"
>&-a
>& -a b
a 2>&-b c
z=1; echo "${z:+'$(a)'}"
cat <<< "${x-'$(a)'}"
%%{
cat <<E
${x-'$(a)'}
E
%%}
%%{
cat <<E
${x-"}
E
a; echo "}"
%%}
coproc a declare -a x=in; wait
coproc a export x=1; wait
coproc a let x=1; wait
coproc a time b; wait
x='$(a)'; declare -a y="($x)"
x='$(a)'; declare -a y="(b $x)"
x='$(a)'; y=(); declare y='('$x')'
x='$(a)'; readonly -a y="($x)"
x='[$(a)]=1'; declare -A y="($x)"
x='$(a)'; f() { local -a y+="($x)"; }; f
echo x | mapfile -c 1 -C a
echo x | mapfile -t -n 1 -C a -c 1
echo x | readarray -O 0 -c 1 -C a
x=1; env x='y[$(a)]' bash -c '((x))'
x=1; nice env x='y[$(a)]' bash -c 'echo $((x))'
x=1; env -S 'x=y[`a`]' bash -c '((x))'
x=1; xargs -I{} env x={} bash -c '((x))' <<< 'y[$(a)]'
x=1; bash -c 'env x="y[\$(a)]" bash -c "((x))"'
x='$(a)'; coproc y { :; }; declare y="($x)"
x='$(a)'; : ${y[1]:=5}; declare y="($x)"
x='$(a)' z=y; coproc $z { :; }; declare y="($x)"
