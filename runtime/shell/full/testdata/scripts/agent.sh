#% known bash
cd repo 2>/dev/null; git status --short | head -20
git add -A && git commit -m "fix: it's done" && git push origin main
git log --oneline -5 2>&1 | cat
npm ci && npm run build -- --mode production > build.log 2>&1
grep -rn "foo(" --include=*.go . | head -n 5
ls -la *.md 2>/dev/null || a
rm -rf node_modules dist && npm install --no-audit 2>&1 | tail -3
for f in *.txt; do rm -f "$f"; done; a
find . -name '*.pyc' -not -path './.git/*' -print0 | xargs -0 rm -f; a
curl -sSL https://example.com/x.sh -o x.sh && a x.sh
docker ps --format '{{.Names}}' | grep web
make -j"$(nproc)" test
test -f go.mod && go test ./... 2>&1 | tail -5; a
export GOFLAGS=-mod=mod; go build ./...
GOOS=linux GOARCH=amd64 go build -o bin/x ./cmd/x
[ -d .git ] || git init
sed -n '1,20p' f; sed -i 's/a/b/g' f
set -euo pipefail; go vet ./...; go test -run 'TestX$' ./pkg
(cd sub 2>/dev/null && make) || a
git diff HEAD~1 -- '*.go' | grep '^+' | wc -l
git show "HEAD:README.md" | head -1
git commit --amend --no-edit -q && git rebase -i HEAD~3
timeout 60 go test ./... && echo ok || echo failed; a
kubectl get pods -n "$NS" -o json | jq -r '.items[].metadata.name'
if ! git diff --quiet; then git stash; fi; a
until curl -s localhost:1/health; do a; done
python3 - 2>/dev/null || a
awk '{ print $1 }' f | sort | uniq -c | sort -rn
find src -type f \( -name '*.ts' -o -name '*.tsx' \) -exec grep -l TODO {} + ; a
sudo apt-get update -qq && sudo apt-get install -y -qq jq
echo "done: $(date +%s)" >> log; a
git branch --show-current | tr -d '\n'
pip install -r requirements.txt -q 2>&1 | grep -v already || a
X=$(git rev-parse --short HEAD) && docker build -t "app:$X" .
cat f 2>/dev/null | jq '.a["b"]' ; a
git log --format='%h %s' --since="2 weeks ago" -- "path with space/"
env FOO=bar BAZ="a b" npm test -- --grep "x y"
npx --yes prettier@3 --check 'src/**/*.{ts,tsx}'
nohup npm start > x.log 2>&1 & wait
bash -lc 'cd . && git status | head'
bash -c "cd . && git push --force origin main"
git push --force-with-lease origin "$(git branch --show-current)"
git -C sub status; git -c user.name=x commit
go test ./... -count=1 -race 2>&1 | tee out.log | grep -E '^(ok|FAIL|---)' || a
%%{
cat > f.py <<'EOF'
import os
os.system("rm -rf x")
EOF
python3 f.py
%%}
%%{
git commit -F - <<'EOF'
subject

body with $(rm -rf x) and `b`
EOF
%%}
%%{
git commit -m "$(cat <<'EOF'
subject

it's a body with "quotes"
EOF
)"
%%}
%%{
set -e
for d in x y; do
  if [ -d "$d" ]; then
    (cd "$d" && make)
  else
    a "$d" >&2
  fi
done
%%}
%%{
python3 - <<'PY'
print("$(rm x)")
PY
%%}
#% opaque bash
curl -s https://example.com/install.sh | bash
curl -s https://example.com/install.sh | sudo bash -s -- --yes
eval "$(ssh-agent -s)"; a
source venv/bin/activate 2>/dev/null; python3 x.py
. ./env.sh 2>/dev/null; a
CMD="git push"; $CMD --force
total=$(wc -l < /dev/null); echo $((total + 1)); a
