// CloudFront Function (cloudfront-js-2.0) in front of the API: tells it who asks. The policy that leaves out `host` passes on
// no header of CloudFront's own, so this one is set here, over whatever the viewer has sent under its name.
function handler(event) {
  const request = event.request;
  request.headers['x-viewer-address'] = { value: event.viewer.ip };
  return request;
}
