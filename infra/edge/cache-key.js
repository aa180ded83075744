// CloudFront Function (cloudfront-js-2.0) in front of GET /v1/dealers: questions that have one answer get one cache key.
// Whatever the API refuses goes on as it came, so that the refusal names what was sent.
const DEFAULTS = { radius: '100', unit: 'mi', limit: '10' };
const NAMES = ['limit', 'model', 'near', 'radius', 'unit'];

function handler(event) {
  const request = event.request;
  const query = request.querystring;
  const names = Object.keys(query).sort();
  if (names.every((name) => NAMES.includes(name) && query[name].multiValue === undefined)) {
    const canonical = {};
    names.forEach((name) => {
      const value = name === 'near' ? canonicalPlace(query[name].value) : query[name].value;
      if (value !== DEFAULTS[name]) canonical[name] = { value: value };
    });
    request.querystring = canonical;
  }
  // Browsers each accept another list; the API has two media types.
  const accept = request.headers.accept;
  if (accept === undefined || !accept.value.toLowerCase().includes('geo+json')) {
    request.headers.accept = { value: 'application/json' };
  }
  return request;
}

// Case and spaces make no difference to a place, and the last four digits of a ZIP+4 none to its centroid.
function canonicalPlace(encoded) {
  try {
    const near = decodeURIComponent(encoded.replace(/\+/g, ' '));
    const single = near.replace(/ +/g, ' ').replace(/^ | $/g, '');
    return encodeURIComponent(single.replace(/^(\d{5})-\d{4}$/, '$1').toLowerCase());
  } catch (error) {
    // Not UTF-8: the API says so.
    return encoded;
  }
}
