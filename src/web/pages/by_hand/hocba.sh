curl -fsS "$PORTAL/log/vkey" -o vkey
curl -fsS "$PORTAL/log/vkey-freshness" -o vkey-freshness
curl -fsS "$PORTAL/.well-known/jwks.json" -o jwks.json
hocba verify --vkey "$(cat vkey)" --freshness-vkey "$(cat vkey-freshness)" --root jwks.json "$FILE"
