
# Base64url without padding, of standard input.
b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# A compact JWS: KEY FILE, HEADER, CLAIMS.
sign() {
    local signed input
    signed=$(printf %s "$2" | b64).$(printf %s "$3" | b64)
    input=$(mktemp)
    printf %s "$signed" >"$input"
    printf '%s.%s' "$signed" "$(openssl pkeyutl -sign -rawin -inkey "$1" -in "$input" | b64)"
    rm -f "$input"
}

# One string member of a flat JSON object on standard input.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

now=$(date +%s)
here=$(cd "$(dirname "$0")" && pwd)

# 1. The partner shows who it is and gets an access token (RFC 6749 §4.4, RFC 7523).
assertion=$(sign "$here/partner.key.pem" "{\"alg\":\"EdDSA\",\"kid\":\"$PARTNER_KID\"}" \
    "{\"iss\":\"$PARTNER\",\"sub\":\"$PARTNER\",\"aud\":\"$PORTAL/oauth/token\",\"jti\":\"$(openssl rand -hex 16)\",\"iat\":$now,\"exp\":$((now + 60))}")
token=$(curl -sS "$PORTAL/oauth/token" -d grant_type=client_credentials --data-urlencode "client_assertion=$assertion" \
    -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer | member access_token)
[ -n "$token" ] || { echo "no access token" >&2; exit 1; }

# 2. The citizen consents in the identity app, which signs what they consent to.
consent=$(sign "$here/identity.key.pem" "{\"alg\":\"EdDSA\",\"kid\":\"$IDENTITY_KID\",\"typ\":\"hocba-consent+jwt\"}" \
    "{\"iss\":\"$IDENTITY\",\"aud\":\"$PORTAL\",\"azp\":\"$PARTNER\",\"sub\":\"$citizen\",\"role\":\"citizen\",\"purpose\":\"$PURPOSE\",\"scope\":\"name results changes\",\"jti\":\"$(openssl rand -hex 16)\",\"iat\":$now,\"exp\":$((now + 3600))}")

# 3. The partner reads with both. curl reads the headers from a file: they stay out of the list of processes.
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT
printf 'Authorization: Bearer %s\nHocba-Consent: %s\n' "$token" "$consent" >"$headers"
curl -sS -H @"$headers" "$PORTAL/api/v1/citizens/me/$what"
echo
