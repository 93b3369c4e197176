export const add = ({ a, b }) => a + b

export const forever = () => {
  for (;;);
}

export default add
