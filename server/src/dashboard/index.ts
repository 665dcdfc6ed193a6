export { apiDocsPage } from './api-docs.js';
export { isData, serveDashboard, type LoginState } from './dashboard.js';
export { securityHeaders } from './security-headers.js';
