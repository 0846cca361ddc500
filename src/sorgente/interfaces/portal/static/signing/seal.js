// Biometrics are encrypted here, for the third party's key alone; the server receives what it cannot open.
// The form is that of sorgente/archive/signing/core/sealed_blob.py.

export function canSeal() {
  return window.isSecureContext && Boolean(window.crypto?.subtle);
}

export async function sealed(inside, { spki, keyId, aad }) {
  const clear = new TextEncoder().encode(JSON.stringify(inside));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const publicKey = await crypto.subtle.importKey(
    "spki", fromBase64(spki), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["wrapKey"],
  );
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const additionalData = new TextEncoder().encode(aad);
  const ciphertext = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData, tagLength: 128 }, key, clear);
  clear.fill(0);
  const wrapped = await crypto.subtle.wrapKey("raw", key, publicKey, { name: "RSA-OAEP" });
  return {
    v: 1,
    alg: "A256GCM",
    key_alg: "RSA-OAEP-256",
    key_id: keyId,
    wrapped_key: toBase64(wrapped),
    iv: toBase64(iv),
    ciphertext: toBase64(ciphertext),
    aad,
  };
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function toBase64(buffer) {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}
