// CloudFront Function (cloudfront-js-2.0) in front of the pages: a folder's page for an address that ends in a slash.
function handler(event) {
  const request = event.request;
  if (request.uri.endsWith('/')) request.uri += 'index.html';
  return request;
}
