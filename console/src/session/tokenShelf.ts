/** The token beyond this page's memory: in the tab's session storage, where the operator chose so. */

const name = 'chimera.token'

export const keptToken = (): string | null => sessionStorage.getItem(name)

export const keepToken = (token: string): void => sessionStorage.setItem(name, token)

export const dropToken = (): void => sessionStorage.removeItem(name)
