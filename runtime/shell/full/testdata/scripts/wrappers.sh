#% known bash
env a
env a b
env A=1 a
env A=1 B=2 a b
env -i PATH=/usr/bin:/bin true; a
env -u X a
env --unset=X a
env --unset X a
env -uX a
env - PATH=/bin true; a
env -S 'a b' c
env -S'a b' c
env --split-string='A=1 a b'
env -iS 'PATH=/bin true' ; a
env -C . a
env --chdir=. a
env -- a b
env -vS 'a b' --nosuch 2>/dev/null
env -- A=1 a
env A=1 env B=2 a b
env "A=x y" a
env bash -c 'a b'
env; a
nice a
nice -n 5 a b
nice -5 a
nice -n5 a
nice --adjustment=5 a
nice --adjust 5 a
nohup a
nohup a b > /dev/null 2>&1 & wait
nohup bash -c 'a b' > /dev/null
timeout 5 a
timeout 5 a b
timeout -k 1 5 a
timeout -k1 5 a
timeout -s KILL 5 a b
timeout --signal=KILL 5s a
timeout --foreground 5 a
timeout --preserve-status -- 5 a
timeout 5 bash -c 'a; b'
timeout 5 env A=1 nice a b
timeout "5" a
stdbuf -oL a b
stdbuf -o L -e0 a
stdbuf --output=L a
setsid -w a b
setsid --wait a
\time -p a b
\time -f %e a b
command time -f %e a
ionice -c 3 a
ionice -c3 -n 7 a b
ionice --class 3 a
taskset 1 a
taskset -c 0 a b
taskset --cpu-list 0 a
flock f a b
flock -n f a
flock -w 1 f a
flock f -c 'a b'
flock f --command 'a; b'
flock -x f bash -c 'a'
linux64 a b
xargs a <<< x
xargs a b <<< 'x y'
xargs -n 1 a <<< 'x y'
xargs -n1 -P2 a b <<< 'x y'
xargs -I{} a {} b <<< x
xargs -I % a x%y <<< x
xargs -i a {} <<< x
xargs --replace=R a R <<< x
xargs -0 a < /dev/null
xargs -r a < /dev/null; b
xargs -t a <<< x 2>/dev/null
xargs -d '\n' a <<< x
xargs --max-args=1 a <<< 'x y'
xargs -a /dev/null a
xargs --max-lines a b <<< x
xargs --max-lines=2 a b <<< x
xargs -l a b <<< x
xargs -l1 a <<< x
xargs --eof a <<< x
xargs --replace a {} <<< x
echo x | xargs a b
echo x | xargs -I{} bash -c 'a "$1"' _ {}
echo x | xargs bash -c 'a "$@"' _
echo x | xargs sh -c 'a b'
echo x | xargs env A=1 a
echo x | xargs
find . -maxdepth 0 -exec a {} \;
find . -maxdepth 0 -exec a b {} c ';'
find . -maxdepth 0 -exec a {} +
find . -maxdepth 0 -exec a \; -exec b \;
find . -maxdepth 0 -type d -exec bash -c 'a "$1"' _ {} \;
find . -maxdepth 0 -exec sh -c 'a "$@"' _ {} +
find . -maxdepth 0 -exec env A=1 a {} \;
find . -maxdepth 0 -exec a x{}y \;
find . -maxdepth 0 -exec a \; -o -exec b \;
find . -maxdepth 0 ! -exec false \; -exec a \;
find . -maxdepth 0 \( -exec a \; \)
find . -maxdepth 0 -print | a
command a b
command -p true; a
command -v a; b
command -V a >/dev/null; b
command -- a b
command command a b
builtin echo x; a
builtin eval 'a b'
builtin command a
exec a b
exec -a x a b
exec -c /bin/true
exec -l a
(exec a b); c
exec bash -c 'a b'
jobs -x a b
sudo a b
sudo -u x a b
sudo -n -u x a
sudo -E A=1 a b
sudo -- a b
sudo --user=x a
sudo --user x a
sudo -H -u x bash -c 'a b'
sudo sh -c 'a; b'
sudo env A=1 a
sudo A=1 a
sudo sudo a
doas a b
doas -u x a b
doas -n a
nice nohup timeout 5 env A=1 bash -c 'a "b c"' > /dev/null
script -qc 'a b' /dev/null > /dev/null
script -q /dev/null -c 'a' > /dev/null
setpriv --no-new-privs a b
setpriv --nnp -- a
pee a 'b; c d' 'echo x | e' < /dev/null
nice -n 5 find . -maxdepth 0 -exec timeout 5 a {} \;
x=.; find "$x" -maxdepth 0 -name "$x" -exec a {} ';'
x=b; find . -maxdepth 0 -exec a "$x" {} ';'
x=b; find . -maxdepth 0 -exec a "$x" {} +
x=y; sudo -u "$x" a b
x=1; env A="$x" a b
x=1; nice -n "$x" a
echo x | xargs -I{} env A={} a
#% opaque bash
x=5; timeout $x a b
x='-u X'; env $x a
x='A=1 a'; env $x
x='-n 5 a'; nice $x b
x=A=1; env "$x" a
x='-exec'; find . -maxdepth 0 $x a {} \;
x='-exec'; find . -maxdepth 0 "$x" a {} \;
x='a'; echo y | xargs $x
x=a; env $x b
x=a; command $x b
x=a; exec $x b
x=a; sudo $x b
x='-u y a'; sudo $x b
env --nosuch a || a
x=-S; env "${x}a b"
x='a'; echo y | xargs -I{} bash -c "$x {}"
echo a | xargs -I{} bash -c '{} b'
echo a | xargs env
echo 'a b' | xargs -n2 env
echo a | xargs nice
echo a | xargs bash -c
X=b; export X; env -S 'a ${X}'
x='a b'; flock f -c "$x"
x='a b'; script -qc "$x" /dev/null >/dev/null
setarch x86_64 a b
setarch x86_64 -R a b
chrt -o 0 a b
prlimit --nofile=100 a b
x=5; timeout "$x" a b
x=-v; timeout "$x" 5 a
x=v; timeout "-$x" 5 a
x=--; timeout "$x" 5 a
x=-n; flock "$x" f a
x=-c; taskset "$x" 0 a
x=--command=a; su -c b "$x"
x=; nice -n"$x" 5 a
x=; env -u"$x" b a
x=; timeout -k"$x" 5 3 a
x=; stdbuf -o"$x" L a
x=; exec -a"$x" b a
x=; echo y | xargs -n"$x" 1 a
x=-exec y=';'; find . -maxdepth 0 "$x" a "$y"
x=ec y=+; find . -maxdepth 0 "-ex$x" a {} "$y"
x=-exec; find . -maxdepth 0 "$x" a -exec b ';'
x=';'; find . -maxdepth 0 -exec b "$x" -exec a ';'
x=+; find . -maxdepth 0 -exec b {} "$x" -exec a ';'
x={}; find . -maxdepth 0 -exec b "$x" + -exec a ';'
x=';' y=-exec; find . -maxdepth 0 -exec b "$x" "$y" a ';'
x=b; env -S"a $x"
x=b; env "-Sa $x"
x=b; env --split-string="a $x"
x=b; xargs -Ic"$x" sh -c 'a cb' <<< x
