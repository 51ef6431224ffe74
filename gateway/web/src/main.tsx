import 'virtual:palette.css';
import './theme/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { FailureScreen } from './parts/FailureScreen.js';

createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <FailureScreen>
      <App />
    </FailureScreen>
  </StrictMode>,
);
