#% known bash
a $(b)
a "$(b)"
a $(b $(c))
a `b`
a `b \`c\``
a `b \`c \\\`d\\\`\``
a "`b "c d"`"
a "`b \"c d\"`"
a $(b | c; d)
a "$(b "$(c "$(d)")")"
x=$(a)
x=$(a) b
x=`a` y=`b` c
x="$(a)$(b)"
a x$(b)y
a <(b)
a >(b); wait
a <(b) <(c)
a < <(b)
a > >(b); wait
diff <(a) <(b)
a ${x:-$(b)}
a "${x:-$(b)}"
a ${x:-`b`}
a ${x:=$(b)}
x=1; a ${x:+$(b)}
a ${x-"$(b)"}
x=y; a ${x/y/$(b)}
x=y; a ${x#$(b)}
x=y; a "${x%%$(b)}"
a $((1 + 2))
a $((1))
a $[1+2]
a ${#x}
a $# $? $$
a ${x} $x "$x" "${x}"
a "$@" $* "${@}"
x=(1 2); a "${x[@]}" ${x[1]} ${#x[@]} ${!x[@]}
a ${!x*}
a ${x^^} ${x,,} ${x@Q}
x=abc; a ${x:1:2} ${x:1}
[[ $(a) == x ]] || b
[[ -n $(a) ]] || b
[[ x =~ $(a) ]] || b
case $(a) in x) ;; esac
case x in $(a)) ;; *) b;; esac
for i in $(a); do b; done; c
for i in 1 $(a); do b; done
if [ "$(a)" = x ]; then b; else c; fi
x=($(a)); b
x=(1 "$(a)"); b
export x=$(a); b
declare x="$(a)"; b
f() { a "$1"; }; f x
f() { a "$@"; }; f x y
echo $(a) | b
echo "$(a)" > /dev/null; b
a "$(b; c)" && d
a $( (b) )
a $( { b; } )
a $(if b; then c; fi)
a $(for i in 1; do b; done)
a $(case x in x) b;; esac)
a $(case x in (x) b;; esac)
a $(< /dev/null)
%%{
a $(b # comment
)
%%}
a $(b 'x)y' "z)")
a "${x:-"$(b 'c d')"}"
a '$(b)' "\$(c)" \`d\`
a '`b`' "\`c\`"
a "$(b '$(c)')"
a "$(b "\$(c)")"
echo `echo a` "`b`"
a $(b)$(c)"$(d)"
a x=$(b)
a --x=$(b)
a --x="$(b)" y
a -$(b)
A=$(a) B=$(b) c
PATH=$PATH a
a $'x'$(b)
a "$(b)"'$(c)'
while [ "$(a)" ]; do b; done
until [ -z "$(a)" ]; do b; done
case x in x) y=$(a);; esac; b
a $(b) & wait
%%{
a "$(b <<X
text $(c)
X
)"
%%}
#% opaque bash
$(true) || a
$(:) a
$(echo a) b
`echo a` b
x=a; $x b
x=a; "$x" b
x="a b"; $x
x=; $x a b
x='a b'; ${x} c
x=(a b); "${x[@]}" c
set -- a b; "$@"
set -- a b; $1 $2
$'a' b || "$(echo b)"
x=a; $x$y c
a$x b
/bin/ech? x; x=a; $x
