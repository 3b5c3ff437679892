/** The connectivity check. */
export const doctor = {
  'doctor.title': 'Connection check',
  'doctor.intro': 'Tries everything a call needs, from this browser, on this network.',
  'doctor.start': 'Start the check',
  'doctor.again': 'Check again',
  'doctor.startHint':
    'It takes less than a minute. Your browser may ask for the microphone and the camera; both are closed again at once, and nothing is recorded.',
  'doctor.progress': 'Checking: {check}',
  'doctor.copy': 'Copy report',
  'doctor.copied': 'Report copied. It holds no names and no addresses.',
  'doctor.report': 'Report',
  'doctor.fix': 'What to do',
  'doctor.asked': 'Asked in vain',

  'doctor.verdict.fine': 'Calls will work',
  'doctor.verdict.fineBody': 'Where no direct way is found, a relay takes over.',
  'doctor.verdict.open': 'Calls work where networks let them',
  'doctor.verdict.openBody':
    'This server has no relay. People behind strict firewalls may be out of reach.',
  'doctor.verdict.listen': 'You can listen and watch',
  'doctor.verdict.listenBody': 'Nobody can hear or see you until a device works.',
  'doctor.verdict.risky': 'Calls may fail',
  'doctor.verdict.riskyBody': 'No relay works from here. Calls need a direct way to each person.',
  'doctor.verdict.blocked': 'Calls will not work here',
  'doctor.verdict.blockedBody': 'Something below stands in the way. Each line says what to do.',
  'doctor.verdict.partial': 'Checked as far as possible',
  'doctor.verdict.partialBody': 'Sign in to check the ways to other people as well.',

  'doctor.group.server': 'Server',
  'doctor.group.ways': 'Ways to other people',
  'doctor.group.here': 'This device',

  'doctor.socket': 'Live connection',
  'doctor.stun': 'Finding your address (STUN)',
  'doctor.turnUdp': 'Relay over UDP',
  'doctor.turnTcp': 'Relay over TCP',
  'doctor.turnTls': 'Relay over TLS',
  'doctor.media': 'Sending and showing pictures',
  'doctor.microphone': 'Microphone',
  'doctor.camera': 'Camera',

  'doctor.at.waiting': 'Not checked yet',
  'doctor.at.running': 'Checking',
  'doctor.at.ok': 'Works',
  'doctor.at.partly': 'Fine here',
  'doctor.at.failed': 'Does not work',
  'doctor.at.absent': 'Not set up',
  'doctor.at.locked': 'Sign in to check',
  'doctor.atCodec': 'Works, with {codec}',
  'doctor.ms': '{ms} ms',

  'doctor.absent.stun': 'This server names no STUN server. Calls on one network do without.',
  'doctor.absent.turn': 'This server offers no relay of this kind.',

  'doctor.socket.blocked': 'The live connection does not open.',
  'doctor.socket.blockedFix':
    'A proxy, a VPN or a browser extension may block websockets. Turn it off for this page, or try another network.',
  'doctor.socket.mute': 'The live connection opens, and nothing comes back.',
  'doctor.socket.muteFix':
    'Something between you and the server holds the data back. Try another network, or tell the operator.',
  'doctor.unasked': 'The server could not be asked which ways there are.',
  'doctor.unaskedFix': 'Check the live connection first, then check again.',
  'doctor.stun.plain':
    'No other address was told. That is right where nothing stands between you and the server.',
  'doctor.stun.silent': 'The STUN server does not answer.',
  'doctor.stun.silentFix':
    'It is down, or your network blocks UDP. If the relay over UDP works below, tell the operator; if not, try another network.',
  'doctor.stun.someSilent': 'One STUN server answers, another one does not.',
  'doctor.stun.someSilentFix':
    'The operator has to start it again, or take it out of the settings. Calls work meanwhile, and may begin later.',
  'doctor.turn.onLoopback':
    'The relay answers. It runs on this very machine, and refuses to send to itself.',
  'doctor.turn.allocated': 'The relay answers, but nothing comes through it.',
  'doctor.turn.allocatedFix':
    'The operator has to open the relay’s UDP ports in the server’s firewall.',
  'doctor.turn.refused': 'The relay refuses the credentials.',
  'doctor.turn.refusedFix':
    'The operator has to give the relay and this server the same secret, and the right time.',
  'doctor.turnUdp.silent': 'The relay does not answer over UDP.',
  'doctor.turnUdp.silentFix':
    'Your network may block UDP, or the relay is down. The lines below show whether TCP or TLS gets through.',
  'doctor.turnTcp.silent': 'The relay does not answer over TCP.',
  'doctor.turnTcp.silentFix':
    'A firewall may let only web traffic pass, or the relay is down. TLS gets through most often.',
  'doctor.turnTls.silent': 'The relay does not answer over TLS.',
  'doctor.turnTls.silentFix':
    'The operator has to give the relay a certificate that browsers trust; or it is down.',
  'doctor.media.notConnected': 'This browser does not connect, not even to itself.',
  'doctor.media.notConnectedFix':
    'A browser extension, a privacy setting or a company policy may forbid WebRTC. Allow it, or use another browser.',
  'doctor.media.nothingDecoded': 'The connection works, but no picture comes out.',
  'doctor.media.nothingDecodedFix':
    'Restart the browser, and turn hardware acceleration off if that does not help.',
  'doctor.unsupported': 'This browser can’t do that.',
  'doctor.unsupportedFix': 'Use a current Firefox, Chrome, Edge or Safari.',
  'doctor.device.insecure': 'Browsers give devices only to pages over https.',
  'doctor.device.insecureFix': 'Open this page over https. Ask the operator for that address.',
  'doctor.device.denied': 'You or your browser said no.',
  'doctor.device.deniedFix':
    'Allow it by the icon beside the address, or in the settings of your system, then check again.',
  'doctor.device.missing': 'None was found.',
  'doctor.device.missingFix': 'Plug one in, then check again. Calls work without.',
  'doctor.device.busy': 'Another program uses it.',
  'doctor.device.busyFix': 'Close that program, then check again.',
  'doctor.device.failed': 'It does not start.',
  'doctor.device.failedFix': 'Unplug it and plug it in again, or restart the browser.',
  'doctor.device.unanswered': 'The browser asked, and nobody answered.',
  'doctor.device.unansweredFix': 'Check again, and allow it when the browser asks.',
} as const;
