import './theme/theme.css';
import './header/header.css';
import './map/map.css';
import './outages/outages.css';
import './outages/detail/detail.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { FailureScreen } from './FailureScreen.js';

createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <FailureScreen>
      <App />
    </FailureScreen>
  </StrictMode>,
);
