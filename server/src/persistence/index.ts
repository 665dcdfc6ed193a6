export { DATABASE_KIND, PersistenceModule } from './persistence.module.js';
