export { VoiceDoor } from './door/voice-door.js';
export { VoiceSocketAdapter } from './door/voice-socket.adapter.js';
export { VoiceModule } from './voice.module.js';
