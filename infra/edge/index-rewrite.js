// CloudFront Function (cloudfront-js-2.0) in front of the pages: a folder's page for an address that ends in a slash, and the
// slash for an address that names a folder without it.
function handler(event) {
  const request = event.request;
  if (request.uri.endsWith('/')) {
    request.uri += 'index.html';
  } else if (!request.uri.split('/').pop().includes('.')) {
    return {
      statusCode: 301,
      statusDescription: 'Moved Permanently',
      headers: { location: { value: `${request.uri.replace(/^\/+/, '/')}/` } },
    };
  }
  return request;
}
