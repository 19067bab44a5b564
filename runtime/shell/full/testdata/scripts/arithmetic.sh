#% known bash
i=1; echo $((i+1)); a
i=0; while ((i < 2)); do a; ((i++)); done
i=0; while [ $i -lt 2 ]; do a; i=$((i+1)); done
for i in 1 2 3; do echo $((i * 2)); done; a
for ((i=0; i<2; i++)); do a $i; done
n=$#; ((n+1)); a
x=abc; n=${#x}; ((n)) && a
x=(5 6); echo $((x[1])) ${x[0]}; a
echo $((RANDOM % 2)); a
a=1; b=$((a)); c=$((b + a)); ((c)) && a
[[ 3 -gt 2 ]] && a
i=3; [[ $i -gt 2 ]] && a
i=3; [[ i -gt 2 ]] && a
x=abc; a ${x:1}
i=1; x=abc; a ${x:i} ${x:$i:1}
x=(a b); i=1; a ${x[i]} ${x[$i]}
let i=1 && a
echo $(( $(( 1 )) + 1 )); a
#% opaque bash
x='y[$(a)]'; ((x)); :
x='y[$(a)]'; echo $((x))
x='y[$(a)]'; echo $(($x))
x='y[`a`]'; echo $((x + 1))
x='y[$(a)]'; [[ $x -eq 1 ]]
x='y[$(a)]'; [[ x -eq 1 ]]
x='y[$(a)]'; for ((i=x; i<0; i++)); do :; done
x='y[$(a)]'; z=(1 2); echo ${z[x]}
x='y[$(a)]'; z=(1 2); echo ${z[$x]}
x='y[$(a)]'; z[x]=1
x='y[$(a)]'; w=abc; echo ${w:x}
x='y[$(a)]'; w=abc; echo ${w:0:$x}
x='y[$(a)]'; let x
x='y[$(a)]'; let "z = x"
x='y[$(a)]'; echo $[x]
declare -i z; x='y[$(a)]'; z=x
x='y[$(a)]'; echo ${!x}
x='y[$(a)]'; declare -n z=$x; echo $z; a
x='$(a)'; echo "${x@P}"
[[ -v 'y[$(a)]' ]]
x='y[$(a)]'; [[ -v $x ]]
test -v 'y[$(a)]'
[ -v 'y[$(a)]' ]
printf -v 'y[$(a)]' x
y=(1); unset 'y[$(a)]'
read 'y[$(a)]' <<< x
x='y[$(a)]'; printf -v "$x" 1
x='y[$(a)]'; z=$x; ((z))
x='y['; x+='$(a)]'; ((x))
read x <<< 'y[$(a)]'; ((x))
printf -v x 'y[$(a)]'; ((x))
for x in 'y[$(a)]'; do ((x)); done
declare x='y[$(a)]'; ((x))
x='y[$(a)]' bash -c '((x))'
echo 1 | { read n; ((n)); a; }
b=1; c='a'; a1='y[$(a)]'; : $((${c}1))
mapfile -C a -c 1 x <<< y
x=1; printf -vx 'y[$(a)]'; ((x))
REPLY=1; read <<< 'y[$(a)]'; ((REPLY))
RANDOM='y[$(a)]'; :
SECONDS='y[$(a)]'; :
for RANDOM in 'y[$(a)]'; do :; done
read RANDOM <<< 'y[$(a)]'
exec {x[$(a)]}> f
x=1; read -ra x <<< 'y[$(a)]'; ((x))
x=1; export "x=y[\$(a)]"; ((x))
: 'y[$(a)]'; ((_))
