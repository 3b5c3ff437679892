/** How good the way to each person is. */
export const quality = {
  'quality.title': 'Connection quality',
  'quality.good': 'Good connection',
  'quality.fair': 'Fair connection',
  'quality.poor': 'Weak connection',
  'quality.none': 'No figures yet',

  'quality.because.fine': 'Nothing stands in the way.',
  'quality.because.loss':
    'Packets get lost on the way. Moving closer to the Wi-Fi, or a cable, helps most.',
  'quality.because.roundTrip': 'The way is long, so answers come late. A VPN may make it longer.',
  'quality.because.jitter':
    'Packets come unevenly: the network is busy. Downloads and backups can wait.',
  'quality.because.frames': 'Pictures come slowly. The computer at the other end may be busy.',
  'quality.because.frozen': 'The picture stands still at times.',
  'quality.because.sound': 'Parts of the sound are missing.',
  'quality.because.bitrate':
    'Little fits through your line. Without your camera, the sound stays good.',
  'quality.because.measuring': 'Measuring. This takes a few seconds.',
  'quality.because.interrupted': 'There is no connection at the moment.',

  'quality.people': 'People in the call',
  'quality.alone': 'Nobody else is here yet',
  'quality.aloneBody': 'Figures appear as soon as somebody joins.',

  'quality.route': 'Route',
  'quality.direct': 'Direct, {protocol}',
  'quality.relayed': 'Through a relay, {protocol}',
  'quality.noRoute': 'None',
  'quality.received': 'Received',
  'quality.sent': 'Sent',
  'quality.picture': 'Picture',
  'quality.codecs': 'Codecs',
  'quality.limitedBandwidth': 'Your line is narrow: the picture you send is made smaller.',
  'quality.limitedCpu': 'Your computer is busy: the picture you send is made smaller.',

  'quality.loss': 'Lost packets',
  'quality.roundTrip': 'Round trip',
  'quality.jitter': 'Jitter',
  'quality.frames': 'Pictures a second',
  'quality.frozen': 'Picture standing still',
  'quality.sound': 'Sound made up',
  'quality.bitrate': 'Bitrate',
  'quality.line': 'Line to them, when full',

  'quality.plots': 'The last two minutes',
  'quality.plotSummary': '{name}: now {now}, at most {most}',
  'quality.now': 'now',
  'quality.minutes': '{count} min',
  'quality.asTable': 'Show as a table',
  'quality.time': 'Time',

  'quality.thresholds': 'What the dots mean',
  'quality.thresholdsBody':
    'The worst figure decides. Two bad measurements in a row show, and four good ones clear it.',
  'quality.figure': 'Figure',
  'quality.fairFrom': 'Fair from',
  'quality.poorFrom': 'Weak from',
  'quality.under': 'under {value}',

  'quality.copy': 'Copy report',
  'quality.copied': 'Report copied. It holds no names and no addresses.',
  'quality.report': 'Report',
  'quality.check': 'Check my connection',
} as const;
