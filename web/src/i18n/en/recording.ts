/** Recordings on this device. */
export const recording = {
  'recording.title': 'Recordings',
  'recording.subtitle':
    'Kept on this device only. No one else sees them unless you share the file.',

  'recording.record': 'Record',
  'recording.stop': 'Stop recording',
  'recording.starting': 'Starting the recording',
  'recording.finishing': 'Saving the recording',
  'recording.choose': 'What to record',
  'recording.everyone': 'Everyone and what is shared',
  'recording.onlyScreen': 'Only the shared screen, with all voices',
  'recording.onlySelf': 'Only you',
  'recording.underWay': 'Recording, {time}',
  'recording.pauseShort': 'Pause',
  'recording.resumeShort': 'Resume',
  'recording.pause': 'Pause recording',
  'recording.resume': 'Resume recording',
  'recording.paused': 'Recording paused, {time}',
  'recording.more': 'Recording options',
  'recording.pausedBy': '{names} paused recording this call',
  'recording.pausedByYou': 'Your recording is paused',
  'recording.goOn': 'Show the recording',

  'recording.new': 'New recording',
  'recording.newBody': 'Pick what to record. You can switch each on and off while it runs.',
  'recording.screen': 'Screen',
  'recording.camera': 'Camera',
  'recording.microphone': 'Microphone',
  'recording.preview': 'Preview of the recording',
  'recording.startScreen': 'Record a screen',
  'recording.startCamera': 'Record the camera',

  'recording.emptyTitle': 'No recordings yet',
  'recording.emptyBody':
    'Record your screen or your camera here, or press Record in a call. Everything stays on this device.',
  'recording.failedTitle': 'The recordings can’t be read',
  'recording.failedBody':
    'The browser did not let this page see its files. Private windows often don’t. Try again, or open a normal window.',
  'recording.unsupportedTitle': 'This browser can’t record',
  'recording.unsupportedBody':
    'This browser can’t record, or keeps no files for this page. Use a current version of Chrome, Edge, Firefox or Safari.',

  'recording.play': 'Play {title}',
  'recording.playing': 'Player',
  'recording.actions': 'Actions for {title}',
  'recording.rename': 'Rename',
  'recording.renameTitle': 'Rename the recording',
  'recording.name': 'Name',
  'recording.download': 'Download',
  'recording.delete': 'Delete',
  'recording.deleteTitle': 'Delete this recording?',
  'recording.deleteBody':
    '“{title}” ({size}) goes from this device for good. There is no other copy.',
  'recording.deleted': 'The recording is deleted.',
  'recording.guestTitle': {
    one: 'Delete your recording and sign out?',
    other: 'Delete your {count} recordings and sign out?',
  },
  'recording.guestBody':
    'You are here as a guest, and a guest who signs out can’t open recordings ({size}) again. Download what you want to keep first.',
  'recording.guestConfirm': 'Delete and sign out',
  'recording.guestShow': 'Show the recordings',
  'recording.ofCall': 'Call',
  'recording.ofOneself': 'Recording',
  'recording.inTab': 'Recording in a tab',
  'recording.notFinished': 'Not finished',
  'recording.notFinishedBody':
    'The tab closed before the recording ended. What was recorded is safe.',
  'recording.rescue': 'Finish it',
  'recording.rescuing': 'Finishing',
  'recording.rescued': 'The recording is whole again.',
  'recording.rescueFull':
    'Finishing needs as much free space as the recording takes. Delete others first, then try again.',
  'recording.rescueFailed':
    'The recording could not be finished. You can still download it as it is.',

  'recording.used': '{used} used on this device',
  'recording.left': '{left} left',
  'recording.notLasting':
    'The browser may clear recordings when the device runs out of space. Download what you want to keep.',

  'recording.saved': 'The recording is saved on this device.',
  'recording.noRoom':
    'There is too little space left on this device to record. Delete old recordings or other files first.',
  'recording.full': 'The device is full, so the recording stopped. What was recorded is safe.',
  'recording.failed':
    'The recording stopped, because the browser could not go on. What was written is safe.',
  'recording.unfinished':
    'The recording is safe, but not finished. You find it under Recordings, with a button to finish it.',
} as const;
