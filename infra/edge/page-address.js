// CloudFront Function (cloudfront-js-2.0) in front of the stores' pages: each has one address. The index's ends in a slash, as those
// of folders do; the API's route for it cannot. A store's has none.
function handler(event) {
  const request = event.request;
  const isIndex = /^\/(es\/)?stores\/?$/.test(request.uri);
  const hasSlash = request.uri.endsWith('/');
  if (isIndex && hasSlash) {
    request.uri = request.uri.replace(/\/$/, '');
  } else if (isIndex || hasSlash) {
    const address = isIndex ? `${request.uri}/` : request.uri.replace(/\/+$/, '');
    return { statusCode: 301, statusDescription: 'Moved Permanently', headers: { location: { value: address } } };
  }
  return request;
}
