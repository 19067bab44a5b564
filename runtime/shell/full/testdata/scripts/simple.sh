## One script a line, or between %%{ and %%}; `#%` says of the scripts below it whether all of them is known, and their shell.
#% known bash
a
a b c
  a   b	c  
a;b
a ; b ;
a && b
a || b
false || a
true && a && b || c
a | b | c
a |& b
! a
a & b
a & wait
a; b & c; wait
git status && git log | grep x
cd / && a
A=1 a
A=1 B=2 a b
A= a
A+=x a b
a A=1
a -A=1
./tool x
./tool
a # comment
a b#c
a '#' b
# comment only
echo hi; a
a "" b
a '' ""
"a" b
'a' b
a'' b
""a b
\a b
%%{
gi\
t a\
 b \
c
%%}
a "b c" 'd e'
a "b'c" 'd"e'
a b\"c
a "b\"c\\d\$e\`f\x"
a 'b\c'
a b'c'"d"e
a $'b\tc\n\'x\x41\101\e'
a $'x'y
"a"b || a
a ~+b
a b~
a x=y
a x~y HEAD~1 HEAD^ @{u}
a {} {x} { } {a
a {b,c}
a {1..4} {3..1}
a x{b,c}y{d,e}
a {b,}x
{a,b} c
{a,b,c}
a {b,c}{d,e}{f,g}
a @ : % , . /
a [ b
a ] b
a b[
a =b ==
a -- -x --y=z
a !b b! !
a ^b
a é ü日本 ☃
time a
time -p a b
time a | b
time { a; b; }
! time a
a;
a&
#% opaque bash
! ! a
time ! a
