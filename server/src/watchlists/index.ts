export { WatchlistsModule } from './watchlists.module.js';
