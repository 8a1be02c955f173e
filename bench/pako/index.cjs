const { deflateSync, inflateSync } = require('node:zlib')

module.exports = { deflate: deflateSync, inflate: inflateSync }
